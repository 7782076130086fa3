"""GraphQL over HTTP: Strawberry's router, with the answers that the specification asks for."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import anyio
import orjson
from cross_web import HTTPException, StarletteRequestAdapter
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from graphql import GraphQLError
from strawberry.exceptions import ConnectionRejectionError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import SSETransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult

from app.access import caller_of, refuse_cross_site, retry_after
from app.errors import CrossSiteRefused, PyTuneError, TookTooLong, TooManyRequests
from app.graphql import editor
from app.graphql.accepting import GRAPHQL_JSON, media_type, prefers_events
from app.graphql.context import Context
from app.graphql.presented import INVALID_REQUEST, refusal
from app.graphql.sockets import CLOSED, Adapter, Handler
from app.telemetry import OPERATION

STATUS: Mapping[type[PyTuneError], int] = {
    CrossSiteRefused: 403,
    TooManyRequests: 429,
    TookTooLong: 503,
}
MAX_BODY = 1 << 20
"""Bytes, of a web socket's message too. A thousand ids take 20,000."""


class _Request(StarletteRequestAdapter):
    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._stream = request.stream

    async def get_body(self) -> bytes:
        """The body, read no further than it may be long."""
        body = bytearray()
        async for chunk in self._stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise HTTPException(413, f"The body must have at most {MAX_BODY} bytes")
        return bytes(body)


class _Events(SSETransport):
    """Ends lines by a line feed alone: urql takes two of them for an event's end."""

    def accepts(self, accept: str) -> bool:
        return prefers_events(accept)

    def encode_event(self, event: str, data: str | None = None) -> str:
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")


class Router(GraphQLRouter[Context, None]):
    """Says 400 where a request was refused before execution, if the client knows GRAPHQL_JSON."""

    request_adapter_class = _Request
    stream_transport_classes_by_protocol = MappingProxyType({GRAPHQL_SSE_PROTOCOL: _Events})
    websocket_adapter_class = Adapter
    graphql_transport_ws_handler_class = Handler

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:
        try:
            if context.excess is not None:
                raise context.excess
            context.lasts = prefers_events(request.headers.get("accept", ""))
            if request.scope["type"] == "http" and (request.method == "POST" or request.cookies):
                refuse_cross_site(request.headers, context.caller)
            if request.scope["type"] == "websocket":
                # Before anything is read: browsers open web sockets to anywhere, with cookies.
                refuse_cross_site(request.headers, replace(context.caller, bearer=None))
            return await self._run_in_time(request, context, root_value)
        except (CrossSiteRefused, TooManyRequests, TookTooLong) as error:
            status = STATUS[type(error)]
            if request.scope["type"] == "websocket":
                return await request.close(CLOSED + status)
            response = _refused(request, status, refusal(error))
            response.headers.update(retry_after(error))
            return response
        except HTTPException as error:
            told = GraphQLError(error.reason, extensions={"code": INVALID_REQUEST})
            return _refused(request, error.status_code, told)

    async def _run_in_time(self, request: Any, context: Context, root_value: Any) -> Any:
        """Web sockets may stay open. Raises TookTooLong or TooManyRequests."""
        seconds = context.state.settings.request_seconds
        with anyio.move_on_after(seconds if request.scope["type"] == "http" else None) as scope:
            answer = await super().run(request, context, root_value)
        request.scope[OPERATION] = context.operation
        if scope.cancelled_caught:
            raise TookTooLong(seconds=seconds)
        if context.excess is not None:
            raise context.excess
        return answer

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Browsers alone, which say that they take pages; whoever takes anything gets JSON."""
        named = "text/html" in request.headers.get("accept", "")
        return named and super().should_render_graphql_ide(request)

    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        del request
        return editor.page()

    async def on_ws_connect(self, context: Context) -> Any:
        """The token comes as `Authorization` in the connection's parameters, or by cookie.

        Raises TooManyOpen.
        """
        context.lasts = True
        given = context.connection_params
        if isinstance(given, dict) and isinstance(given.get("Authorization"), str):
            caller = caller_of({"authorization": given["Authorization"]}, {}, None)
            await context.renew(replace(context.caller, bearer=caller.bearer))
        if context.is_anonymous:
            raise ConnectionRejectionError
        context.held.enter_context(context.state.sockets.taken(context.signed_in.id))
        return await super().on_ws_connect(context)

    def decode_json(self, data: str | bytes) -> object:
        """Objects and lists alone; anything else is as unreadable as broken JSON."""
        value: object = orjson.loads(data)
        if not isinstance(value, dict | list):
            raise HTTPException(400, "The body must be a JSON object")
        return value

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    async def get_sub_response(self, request: Request) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = _media_type(request)
        return response

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """A request that was refused before its execution has no data, not even null."""
        response = await super().process_result(request, result)
        if result.data is None and not any(error.path for error in result.errors or ()):
            del response["data"]
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        refused = sub_response.media_type == GRAPHQL_JSON and "data" not in response_data
        response = super().create_response(response_data, sub_response)
        response.headers["content-type"] = f"{sub_response.media_type}; charset=utf-8"
        response.status_code = 400 if refused else response.status_code
        return response


def _media_type(request: Request) -> str:
    return media_type(request.headers.get("accept", ""))


def _refused(request: Request, status: int, error: GraphQLError) -> Response:
    """An answer to what is no GraphQL request, in the shape of one."""
    body = orjson.dumps({"errors": [error.formatted]})
    return Response(body, status, media_type=_media_type(request))
