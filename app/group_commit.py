"""Group commit: what waits for its turn to write goes in one transaction, and is told after it.

SQLite lets one write at a time, whose commit waits for the disk. Its own way of waiting is to sleep
and to try again, whoever came first.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlmodel import Session

T = TypeVar("T")
Work = Callable[[Session], Any]

MOST = 32
"""Of one transaction: other processes wait for it too."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Work that waits for its turn."""

    work: Work
    context: Context
    """Of whoever asked: what is logged and traced of the work names them, not who does it."""
    outcome: Future[Any]


class GroupCommit:
    """Runs work in transactions of several, each with a session and an outcome of its own.

    Where one of them fails, nothing of any is kept, and each is run again in a transaction of its
    own: as with a transaction that is repeated, work has to stand being run twice.
    """

    def __init__(self, engine: Engine) -> None:
        """The engine's transactions are for writing from their beginning."""
        self._engine = engine
        self._turn = threading.Lock()
        self._leader: int | None = None
        """The thread that has the turn."""
        self._waiting: deque[_Asked] = deque()

    def run(self, work: Callable[[Session], T]) -> T:
        """What the work gives, once it is committed. Raises what it, or its commit, raises.

        Raises RuntimeError within other work, whose transaction would wait for this one.
        """
        if self._leader == threading.get_ident():
            raise RuntimeError("A transaction is open in this thread: use the session it gave.")
        outcome: Future[T] = Future()
        self._waiting.append(_Asked(work, copy_context(), outcome))
        while not outcome.done():
            with self._turn:
                # Whoever had the turn before may have done this too.
                if not outcome.done():
                    self._lead()
        return outcome.result()

    def _lead(self) -> None:
        """Do what has waited longest; every outcome of it is set then."""
        self._leader = threading.get_ident()
        try:
            many = min(MOST, len(self._waiting))
            group = [self._waiting.popleft() for _ in range(many)]
            if many > 1:
                self._commit(group, group)
            for asked in group:
                if not asked.outcome.done():
                    self._commit([asked], group)
        finally:
            self._leader = None

    def _commit(self, some: Sequence[_Asked], group: Sequence[_Asked]) -> None:
        """Set the outcomes of some, unless they are several and one, or the commit, fails."""
        before = len(self._waiting)
        results: list[Any] | None = None
        try:
            with self._engine.begin() as connection:
                results = []
                results.extend(one.context.run(_within, connection, one.work) for one in some)
        except BaseException as error:  # noqa: BLE001  raised where it was asked for
            if results is None:
                # Another process writes for longer than one waits: not each of them in turn.
                _fail([*group, *(self._waiting.popleft() for _ in range(before))], error)
            elif len(some) == 1:
                _fail(some, error)
            return
        for asked, result in zip(some, results, strict=True):
            asked.outcome.set_result(result)


def _fail(group: Sequence[_Asked], error: BaseException) -> None:
    """Those of them that have no outcome yet."""
    for asked in group:
        if not asked.outcome.done():
            asked.outcome.set_exception(error)


def _within(connection: Connection, work: Work) -> Any:
    """Run it in a session of its own, whose end is not the transaction's."""
    session = Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
    with session, session.begin():
        return work(session)
