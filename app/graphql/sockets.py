"""Web sockets: messages by their protocol, and what one user may do on them."""

from collections.abc import AsyncGenerator, Mapping
from functools import partial

import orjson
from anyio import to_thread
from cross_web import HTTPException
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from app.errors import TooManyOpen, TooManyRequests
from app.graphql.context import Context
from app.graphql.presented import refusal

CLOSED = 4000
"""Is added to the status where a web socket is refused, as its protocol has it."""
INIT_SECONDS = 10
"""In which a socket that was opened has to be signed in."""
_TOO_MANY = 429
_MAX_REASON = 123
"""Bytes: the frame that closes a socket has no room for more."""


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

    async def close(self, code: int, reason: str) -> None:
        """Reasons repeat what the client sent, which may be long."""
        await super().close(code, reason.encode()[:_MAX_REASON].decode(errors="ignore"))


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Reads messages strictly, and counts each subscription as a request before it is read."""

    async def handle_message(self, message: Message) -> None:
        if is_sound(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("The message is none of graphql-transport-ws")

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        parameters = message.get("payload") or {}
        try:
            await super().handle_connection_init({"type": message["type"], "payload": parameters})
        except TooManyOpen as error:
            await self.websocket.close(CLOSED + _TOO_MANY, str(error))

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if self.connection_acknowledged and message["id"] not in self.operations:
            try:
                await self._count()
            except (TooManyOpen, TooManyRequests) as excess:
                payload = [refusal(excess).formatted]
                await self.send_message({"id": message["id"], "type": "error", "payload": payload})
                return
        await super().handle_subscribe(message)

    async def _count(self) -> None:
        """Raises TooManyOpen or TooManyRequests."""
        context = self.context
        viewer = None if context.is_anonymous else context.viewer
        count = partial(context.state.access.count, context.caller, viewer)
        await to_thread.run_sync(count)
        most = self.max_subscriptions_per_connection
        if most is not None and len(self.operations) >= most:
            raise TooManyOpen(most=most)

    async def shutdown(self) -> None:
        try:
            await super().shutdown()
        finally:
            self.context.held.close()


def is_sound(message: Mapping[str, object]) -> bool:
    """Whether it is a message that a client may send, with all that such a one has."""
    match message:
        case {"type": "connection_init" | "ping" | "pong"}:
            return _is_object(message.get("payload"))
        case {"type": "subscribe", "id": str(name), "payload": {"query": str(), **more}}:
            objects = (more.get("variables"), more.get("extensions"))
            named = isinstance(more.get("operationName"), str | None)
            return bool(name) and named and all(map(_is_object, objects))
        case {"type": "complete", "id": str()}:
            return True
    return False


def _is_object(value: object) -> bool:
    """Null is as good as nothing."""
    return isinstance(value, dict | None)
