"""What every resolver reaches: the state of the process, who asks, and this request's loaders."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self, TypeVar

import strawberry
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import HTTPConnection
from strawberry.fastapi import BaseContext

from app.access import Caller, Viewer, caller_of, required
from app.errors import DatabaseUnavailable, TooManyRequests
from app.graphql.loaders import Loaders
from app.state import State

log = logging.getLogger(__name__)

T = TypeVar("T")


class Context(BaseContext):
    """Use-cases run in worker threads: `read` and `write` give each its own session."""

    def __init__(
        self,
        state: State,
        caller: Caller,
        viewer: Viewer | DatabaseUnavailable | TooManyRequests | None,
    ) -> None:
        super().__init__()
        self.excess = viewer if isinstance(viewer, TooManyRequests) else None
        """Why nothing is to be executed, if the caller asks too often, or for too much so often."""
        self.state = state
        self.caller = caller
        self.operation = "refused"
        """What is executed, in a word for whoever watches."""
        self.lasts = False
        """Whether it is that of a web socket or a stream of events, which subscriptions are for."""
        self.held = ExitStack()
        """What a web socket takes of its user's allowance, until it is closed."""
        self._began = time.monotonic()
        self._viewer = None if isinstance(viewer, TooManyRequests) else viewer
        self.loaders = self._new_loaders()

    @classmethod
    async def open(cls, state: State, caller: Caller) -> Self:
        """Look the caller's token up, once for the whole request, which is counted."""
        try:
            return cls(state, caller, await _viewer(state, caller, state.access.enter))
        except TooManyRequests as excess:
            return cls(state, caller, excess)

    async def renew(self, caller: Caller | None = None) -> None:
        """Look the token up again, and forget what was loaded: much may have changed meanwhile."""
        self.caller = caller or self.caller
        self._viewer = await _viewer(self.state, self.caller, self.state.access.viewer)
        self.loaders = self._new_loaders()

    @property
    def viewer(self) -> Viewer | None:
        """Who is signed in. Raises DatabaseUnavailable if that could not be found out."""
        if isinstance(self._viewer, DatabaseUnavailable):
            raise self._viewer
        return self._viewer

    @property
    def signed_in(self) -> Viewer:
        """The viewer of a field that is for signed-in users. Raises NotSignedIn."""
        return required(self.viewer)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is known to be signed in."""
        return not isinstance(self._viewer, Viewer)

    @property
    def is_administrator(self) -> bool:
        return isinstance(self._viewer, Viewer) and self._viewer.is_administrator

    async def count(self, more: int) -> None:
        """So many more requests than the one that this is. Raises TooManyRequests."""
        viewer = None if self.is_anonymous else self.viewer
        try:
            await to_thread.run_sync(self.state.access.count_more, self.caller, viewer, more)
        except TooManyRequests as excess:
            if not self.lasts:
                self.excess = excess
            raise

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run a use-case in a reading session, left behind where the request's time is over."""
        return await to_thread.run_sync(self._read, work, abandon_on_cancel=True)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run a use-case in a transaction; what was loaded before it is forgotten."""
        result = await to_thread.run_sync(self.state.database.transact, work)
        self.loaders = self._new_loaders()
        return result

    def _read(self, work: Callable[[Session], T]) -> T:
        since = None if self.lasts else self._began
        with self.state.database.read(self.state.settings.request_seconds, since) as session:
            return work(session)

    def _new_loaders(self) -> Loaders:
        return Loaders(self.read, lambda: self.signed_in.id)


async def _viewer(
    state: State, caller: Caller, look: Callable[[Caller], Viewer | None]
) -> Viewer | DatabaseUnavailable | None:
    try:
        return await to_thread.run_sync(look, caller)
    except SQLAlchemyError as error:
        log.exception("the database could not be asked who is signed in")
        address = state.database.url.render_as_string()
        return DatabaseUnavailable(address=address, reason=error)


Info = strawberry.Info[Context, None]


async def context_of(connection: HTTPConnection) -> Context:
    """The context of a request or a web socket."""
    address = connection.client.host if connection.client else None
    caller = caller_of(connection.headers, connection.cookies, address)
    return await Context.open(connection.state.pytune, caller)
