"""Group commit: what waits for its turn to write goes in one transaction, and is told after it.

SQLite lets one write at a time, whose commit waits for the disk. Its own way of waiting is to sleep
and to try again, whoever came first.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

T = TypeVar("T")
Work = Callable[[Session], Any]

MOST = 32
"""Of one transaction: other processes wait for it too."""


class GroupCommit:
    """Runs work in transactions of several, each with a session and an outcome of its own.

    Where one of them fails, nothing of any is kept, and each is run again in a transaction of its
    own: as with a transaction that is repeated, work has to stand being run twice.
    """

    def __init__(self, engine: Engine) -> None:
        """The engine's transactions are for writing from their beginning."""
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting: deque[tuple[Work, Future[Any]]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def run(self, work: Callable[[Session], T]) -> T:
        """What the work gives, once it is committed. Raises what it, or its commit, raises."""
        outcome: Future[T] = Future()
        self._waiting.append((work, outcome))
        while not outcome.done():
            with self._turn:
                # Whoever had the turn before may have done this too.
                if not outcome.done():
                    many = min(MOST, len(self._waiting))
                    self._commit([self._waiting.popleft() for _ in range(many)])
        return outcome.result()

    def _commit(self, group: Sequence[tuple[Work, Future[Any]]]) -> None:
        """Every outcome is set then."""
        if len(group) > 1:
            self._together(group)
        for work, outcome in group:
            if not outcome.done():
                try:
                    with self._engine.begin() as connection:
                        result = _within(connection, work)
                except BaseException as error:  # noqa: BLE001  raised where it was asked for
                    outcome.set_exception(error)
                else:
                    outcome.set_result(result)

    def _together(self, group: Sequence[tuple[Work, Future[Any]]]) -> None:
        """Set the outcomes, unless one of them, or the commit, fails."""
        results: list[Any] | None = None
        try:
            with self._engine.begin() as connection:
                results = []
                results.extend(_within(connection, work) for work, _ in group)
        except Exception as error:  # noqa: BLE001  each finds its own when it is alone
            if results is None:
                # Another process writes for longer than one waits: not each of them in turn.
                for _, outcome in group:
                    outcome.set_exception(error)
            return
        for (_, outcome), result in zip(group, results, strict=True):
            outcome.set_result(result)


def _within(connection: Connection, work: Work) -> Any:
    """Run it in a session of its own, whose end is not the transaction's."""
    session = Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
    with session, session.begin():
        return work(session)
