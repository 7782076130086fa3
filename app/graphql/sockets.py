"""Web sockets: JSON as text, and what one user may do on them."""

from collections.abc import AsyncGenerator, Mapping
from functools import partial

import orjson
from anyio import to_thread
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    SubscribeMessage,
)

from app.errors import TooManyOpen, TooManyRequests
from app.graphql.context import Context
from app.graphql.presented import presented

CLOSED = 4000
"""Is added to the status where a web socket is refused, as its protocol has it."""
_TOO_MANY = 429


class Adapter(ASGIWebSocketAdapter):
    """Speaks text, as the protocol wants it, and hears no other JSON than objects."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        try:
            async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
                if not isinstance(message, dict):
                    raise NonJsonMessageReceived
                yield message
        except HTTPException as error:
            raise NonJsonMessageReceived from error


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Counts each subscription as a request, before it is read."""

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        try:
            await super().handle_connection_init(message)
        except TooManyOpen as error:
            await self.websocket.close(CLOSED + _TOO_MANY, str(error))

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        context = self.context
        if self.connection_acknowledged:
            viewer = None if context.is_anonymous else context.viewer
            count = partial(context.state.access.count, context.caller, viewer)
            try:
                await to_thread.run_sync(count)
            except TooManyRequests as excess:
                refusal = presented(GraphQLError("", original_error=excess), suggest=False)
                await self.send_message(
                    {"id": message["id"], "type": "error", "payload": [refusal.formatted]}
                )
                return
        await super().handle_subscribe(message)

    async def shutdown(self) -> None:
        try:
            await super().shutdown()
        finally:
            self.context.held.close()
