"""Around each request: an id for it, its time, its span, and a line in the log."""

import logging
import time
from contextlib import ExitStack

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.telemetry import (
    HEADER,
    OPERATION,
    REQUESTS,
    STREAMS,
    TRACEPARENT,
    Span,
    Tracing,
    bind_request,
    request_id,
)

log = logging.getLogger(__name__)

_UNLOGGED = {"static", "probe"}
_BROKEN = 500
_EVENTS = "text/event-stream"


class Requests:
    """The outermost of all, so that what others refuse is seen as well."""

    def __init__(self, app: ASGIApp, *, tracing: Tracing, logged: bool) -> None:
        self.app = app
        self.tracing = tracing
        self.logged = logged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            bind_request(None)
            with STREAMS.labels("web socket").track_inprogress():
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = bind_request(headers.get(HEADER))
        answer = _Answer(send, chosen)
        with self.tracing.span("request", headers.get(TRACEPARENT), serves=True) as span:
            try:
                await self.app(scope, receive, answer.send)
            finally:
                self._note(scope, answer.status, answer.end(), span)

    def _note(self, scope: Scope, status: int, seconds: float, span: Span | None) -> None:
        door, operation = door_and_operation(scope)
        if span is not None:
            _describe(span, scope["method"], f"{door} {operation}", status)
        REQUESTS.labels(door, operation, f"{status // 100}xx").observe(seconds)
        if self.logged and door not in _UNLOGGED:
            _log(scope["method"], door, operation, status, seconds)


class _Answer:
    """What is seen of an answer on its way out, to which the id is added."""

    def __init__(self, send: Send, chosen: str) -> None:
        self.status = _BROKEN
        self._send, self._chosen = send, chosen
        self._begun = time.perf_counter()
        self._seconds: float | None = None
        self._open = ExitStack()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[HEADER] = self._chosen
            if headers.get("content-type", "").startswith(_EVENTS):
                self._open.enter_context(STREAMS.labels("events").track_inprogress())
                self._seconds = time.perf_counter() - self._begun
        await self._send(message)

    def end(self) -> float:
        """Seconds to the end, or to the beginning of a stream: it lasts as long as it is read."""
        self._open.close()
        return time.perf_counter() - self._begun if self._seconds is None else self._seconds


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
