"""Around each request: an id for it, its time, its span, and a line in the log."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.telemetry import (
    HEADER,
    OPERATION,
    REQUESTS,
    TRACEPARENT,
    Span,
    Tracing,
    bind_request,
    request_id,
)

log = logging.getLogger(__name__)

_UNLOGGED = {"static", "probe"}
_BROKEN = 500


class Requests:
    """The outermost of all, so that what others refuse is seen as well."""

    def __init__(self, app: ASGIApp, *, tracing: Tracing, logged: bool) -> None:
        self.app = app
        self.tracing = tracing
        self.logged = logged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            bind_request(None)
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = bind_request(headers.get(HEADER))
        status = _BROKEN

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = chosen
            await send(message)

        begun = time.perf_counter()
        with self.tracing.span("request", headers.get(TRACEPARENT), serves=True) as span:
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                self._note(scope, status, time.perf_counter() - begun, span)

    def _note(self, scope: Scope, status: int, seconds: float, span: Span | None) -> None:
        door, operation = door_and_operation(scope)
        if span is not None:
            _describe(span, scope["method"], f"{door} {operation}", status)
        REQUESTS.labels(door, operation, f"{status // 100}xx").observe(seconds)
        if self.logged and door not in _UNLOGGED:
            _log(scope["method"], door, operation, status, seconds)


def _describe(span: Span, method: str, name: str, status: int) -> None:
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.response.status_code": status,
        "pytune.request_id": request_id() or "",
    }
    span.about(name, attributes, failed=status >= _BROKEN)


def _log(method: str, door: str, operation: str, status: int, seconds: float) -> None:
    # Never the address itself: it may hold the token of an invitation or what was searched for.
    about = {"method": method, "door": door, "operation": operation, "status": status}
    level = logging.ERROR if status >= _BROKEN else logging.INFO
    log.log(level, "request", extra=about | {"seconds": round(seconds, 4)})


def door_and_operation(scope: Scope) -> tuple[str, str]:
    """Few and known words, whatever clients send: each pair is a time series."""
    path: str = scope["path"]
    route = getattr(scope.get("route"), "path", None)
    if path.startswith("/static/"):
        return "static", "file"
    if route is None:
        return "page", "unknown"
    if route == "/graphql":
        return "graphql", scope.get(OPERATION, "refused")
    if route in {"/healthz", "/readyz", "/metrics"}:
        return "probe", route
    return ("scrobbling" if route.startswith("/1/") else "page"), route
