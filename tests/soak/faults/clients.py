"""Listeners who ask and listen without a pause, and remember what they were told."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Self

import httpx2
from sqlmodel import col, select

from app.db import Database
from app.graphql.ids import number_of
from app.models import Event
from app.settings import Settings
from tests.soak.swapping import PASSWORD, add_listeners, await_that, lists_by
from tests.stack.client import RECORD_LISTEN, Client
from tests.stack.running import Running

ASKERS, LISTENERS = 2, 2
_PAUSE_SECONDS = 0.05
_BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
Served = tuple[int | None, tuple[int, ...]]
"""A list: its model's version, and its tracks."""


@dataclass
class Busy:
    """One client at work from a thread, for as long as it is entered."""

    client: Client
    failed: int = 0
    last_began: float = 0.0
    """When the last request began that was answered, on the monotonic clock."""
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def act(self) -> None:
        """One request. Raises where it was not answered as it should be."""
        raise NotImplementedError

    def _go_on(self) -> None:
        while not self._over.wait(_PAUSE_SECONDS):
            began = time.monotonic()
            try:
                self.act()
            except (httpx2.HTTPError, AssertionError, ValueError):
                self.failed += 1
            else:
                self.last_began = began


@dataclass
class Asker(Busy):
    """Asks for a list, whose tracks follow from the model alone: it never listens."""

    served: Counter[Served] = field(default_factory=Counter)

    def act(self) -> None:
        given = self.client.recommended()
        tracks = (number_of(item["track"]["id"], "Track") or 0 for item in given["items"])
        self.served[given["modelVersion"], tuple(tracks)] += 1


@dataclass
class Hearer(Busy):
    """Records one listen after the other, each with a key of its own."""

    name: str = ""
    track: str = ""
    acknowledged: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=count)

    def act(self) -> None:
        number = next(self._numbers)
        key, moment = f"{self.name} {number}", _BEGIN + timedelta(seconds=number)
        given = {"trackId": self.track, "listenedAt": moment.isoformat(), "idempotencyKey": key}
        answer = self.client.ask(RECORD_LISTEN, input=given)
        assert answer["recordListen"]["__typename"] == "ListenRecorded", answer
        self.acknowledged.add(key)


@dataclass
class Clients:
    """All of them, with what they can be held to."""

    settings: Settings
    database: Database
    askers: list[Asker]
    users: list[int]
    hearers: list[Hearer]

    @property
    def failed(self) -> int:
        return sum(each.failed for each in (*self.askers, *self.hearers))

    def await_answers(self, since: float) -> None:
        """Until each was answered what it asked after that moment."""
        for each in (*self.askers, *self.hearers):
            await_that(lambda each=each: each.last_began > since, 0.02)  # type: ignore[misc]

    def lost(self) -> int:
        """Acknowledged listens that are not there."""
        acknowledged = set().union(*(set(each.acknowledged) for each in self.hearers))
        with self.database.read() as session:
            keys = select(Event.idempotency_key).where(col(Event.idempotency_key).is_not(None))
            return len(acknowledged - set(session.exec(keys)))

    def wrong(self) -> int:
        """Lists that no model gives, or another one than was named."""
        served = [dict(each.served) for each in self.askers]
        versions = {version for lists in served for version, _ in lists if version is not None}
        right = {version: lists_by(self.settings, version, self.users) for version in versions}
        return sum(
            times
            for n, lists in enumerate(served)
            for (version, tracks), times in lists.items()
            if version is None or list(tracks) != right[version][n]
        )


@contextmanager
def busy(stack: Running, settings: Settings, database: Database) -> Iterator[Clients]:
    """Askers and hearers at work."""
    names = [f"asker {n}" for n in range(ASKERS)]
    hearing = [f"hearer {n}" for n in range(LISTENERS)]
    users = add_listeners(database, [*names, *hearing])[:ASKERS]
    askers = [Asker(stack.signed_in((name, PASSWORD))) for name in names]
    hearers = [Hearer(stack.signed_in((name, PASSWORD)), name=name) for name in hearing]
    for each in hearers:
        each.track = each.client.recommended(1)["items"][0]["track"]["id"]
    with ExitStack() as at_work:
        _enter(at_work, (*askers, *hearers))
        yield Clients(settings, database, askers, users, hearers)


def _enter(stack: ExitStack, clients: Iterable[Busy]) -> None:
    for each in clients:
        stack.enter_context(each)
