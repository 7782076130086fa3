"""kill -9 of the web process in the middle of 10,000 listens of eight clients. 3 minutes."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from sqlmodel import Session, select

from app import accounts
from app.db import Database, open_database
from app.graphql.ids import global_id
from app.models import Event
from app.settings import Settings
from app.verifying import findings
from tests import making
from tests.soak.conftest import Say
from tests.soak.swapping import await_that
from tests.stack.client import RECORD_LISTEN, Client
from tests.stack.running import Running, running

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(1800)]

RECORD_LISTENS = """mutation ($input: RecordListensInput!) {
  recordListens(input: $input) {
    __typename ... on ListensRecorded { results { isNew problem { __typename } } }
  }
}"""
CLIENTS, ROUNDS, SINGLES, BATCH = 8, 25, 5, 45
LISTENS = CLIENTS * ROUNDS * (SINGLES + BATCH)
KILLS = 3
LISTENERS = ("ann", "bob")
"""Four clients send as the same listener."""
TRACKS = 40
PASSWORD = "correct horse"
BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
MANY_REQUESTS = {"PYTUNE_REQUESTS_PER_MINUTE": "1000000"}

Sending = list[dict[str, Any]]
"""Listens of one request, as GraphQL takes them."""


@pytest.fixture
def folder(short_folder: Path, migrated_sqlite: Path) -> Path:
    """A data folder with listeners and tracks."""
    made = short_folder / "listens"
    made.mkdir()
    (made / "pytune.db").write_bytes(migrated_sqlite.read_bytes())
    database = open_database(Settings(data_dir=made))
    database.transact(_fill)
    database.dispose()
    return made


def _fill(session: Session) -> None:
    for name in LISTENERS:
        accounts.create_user(session, name, accounts.hashed(PASSWORD))
    for number in range(TRACKS):
        making.track(session, f"Song {number}")


@pytest.fixture
def stack(folder: Path) -> Iterator[Running]:
    with running(folder, settings=MANY_REQUESTS) as started:
        yield started


@dataclass
class Sender:
    """One client: what was acknowledged, and what was sent and never answered."""

    client: Client
    sendings: list[Sending]
    acknowledged: set[str] = field(default_factory=set)
    unanswered: list[Sending] = field(default_factory=list)

    def send_all(self) -> None:
        for sending in self.sendings:
            if self.send(sending):
                self.acknowledged |= _keys(sending)
            else:
                self.unanswered.append(sending)
                await_that(self._is_there)

    def send(self, sending: Sending) -> bool:
        """Whether it was acknowledged; nothing else may come but no answer."""
        batch = len(sending) > 1
        given: Any = {"listens": sending} if batch else sending[0]
        body = {"query": RECORD_LISTENS if batch else RECORD_LISTEN, "variables": {"input": given}}
        try:
            answer = self.client.http.post("/graphql", json=body).json()
        except (httpx2.HTTPError, ValueError):
            return False
        assert "errors" not in answer, answer
        (said,) = answer["data"].values()
        assert all(one["problem"] is None for one in said.get("results", [])), said
        assert said["__typename"] in {"ListensRecorded", "ListenRecorded"}, said
        return True

    def _is_there(self) -> bool:
        try:
            return self.client.http.get("/healthz").is_success
        except httpx2.HTTPError:
            return False


def _sendings(client: int) -> list[Sending]:
    """Rounds of a batch and singles; every listen has a second and a key of its own."""
    sendings: list[Sending] = []
    number = client * ROUNDS * (SINGLES + BATCH)
    for _ in range(ROUNDS):
        for size in (BATCH, *[1] * SINGLES):
            sendings.append([_listen(n) for n in range(number, number + size)])
            number += size
    return sendings


def _listen(number: int) -> dict[str, Any]:
    return {
        "trackId": global_id("Track", 1 + number % TRACKS),
        "listenedAt": (BEGIN + timedelta(seconds=number)).isoformat(),
        "idempotencyKey": f"listen-{number}",
    }


def _keys(sending: Sending) -> set[str]:
    return {listen["idempotencyKey"] for listen in sending}


def _kept(database: Database) -> Counter[str | None]:
    """How often each key is there."""
    with database.read() as session:
        return Counter(session.exec(select(Event.idempotency_key)))


def _check(database: Database, stack: Running) -> None:
    with database.read() as session:
        assert list(findings(session, Settings(data_dir=stack.folder))) == []


def test_no_acknowledged_listen_is_lost_and_a_repeated_key_counts_once(
    stack: Running, say: Say
) -> None:
    database = stack.database()
    senders = [
        Sender(stack.signed_in((LISTENERS[n % len(LISTENERS)], PASSWORD)), _sendings(n))
        for n in range(CLIENTS)
    ]
    threads = [threading.Thread(target=sender.send_all) for sender in senders]
    for thread in threads:
        thread.start()
    moments = sorted(np.random.default_rng().integers(LISTENS // 20, LISTENS * 3 // 4, KILLS))
    for moment in moments:
        await_that(partial(_has, database, int(moment)), 0.02)
        stack.kill_child("app.cli web")
    for thread in threads:
        thread.join()
    kept = _kept(database)
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    unanswered = [sending for sender in senders for sending in sender.unanswered]
    unsure: set[str] = set().union(*(_keys(sending) for sending in unanswered))
    say(f"killed at {[int(moment) for moment in moments]}: {len(acknowledged):,} acknowledged,")
    say(f"{len(acknowledged - set(kept))} of them lost; {len(unsure):,} without an answer,")
    say(f"{len(unsure & set(kept)):,} of these kept")
    assert unanswered
    assert acknowledged <= set(kept) <= acknowledged | unsure
    _check(database, stack)
    for sender in senders:
        assert all(sender.send(sending) for sending in sender.sendings)
    assert _kept(database) == Counter(f"listen-{n}" for n in range(LISTENS))
    _check(database, stack)
    database.dispose()


def _has(database: Database, many: int) -> bool:
    return _kept(database).total() >= many
