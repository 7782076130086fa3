"""MariaDB's own disk full, down to where its files cannot grow, five times each. 10 minutes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from app.db import open_database
from app.models import Event
from app.verifying import findings
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.conftest import small_disk
from tests.soak.faults.scene import Scene, fill_up
from tests.soak.faults.table import TIMES, Fault, suffer
from tests.soak.killable import MariaDB
from tests.soak.swapping import PASSWORD, add_listeners
from tests.soak.test_listens import RECORD_LISTENS
from tests.stack.client import Client

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.tmpfs,
    pytest.mark.timeout(1200 + 600 * TIMES),
]

_DISK_MEGABYTES, _BATCH = 400, 100
_BEGIN, _END = datetime(2014, 1, 1, tzinfo=UTC), datetime(2015, 1, 1, tzinfo=UTC)


@pytest.fixture
def mariadb() -> Iterator[MariaDB]:
    with small_disk(_DISK_MEGABYTES) as disk:
        server = MariaDB(disk / "mariadb")
        yield server
        server.kill()


@dataclass
class Batches:
    """Listens of one listener, a hundred at a time, until the database has no room for more."""

    client: Client
    track: str
    filler: Path
    refused: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0
    _seconds: Iterator[int] = field(default_factory=count)

    def fill(self) -> None:
        """All room on the disk, then the room that the server still has in its own files."""
        fill_up(self.filler)
        self.refused = self._batch()
        self._until_refused()

    def make_room(self) -> None:
        """What is undone frees pages: there may be room again for a few."""
        self._until_refused()
        self.filler.unlink()

    def _until_refused(self) -> None:
        while self._is_taken(self.refused):
            self.refused = self._batch()

    def _batch(self) -> list[dict[str, Any]]:
        moments = [_BEGIN + timedelta(seconds=next(self._seconds)) for _ in range(_BATCH)]
        return [{"trackId": self.track, "listenedAt": each.isoformat()} for each in moments]

    def goes_on(self) -> bool:
        """Whether the batch that was refused is taken now, each of it as one that is new."""
        if self._is_taken(self.refused):
            self.refused = []
        return not self.refused

    def _is_taken(self, batch: list[dict[str, Any]]) -> bool:
        """False where it is refused as it should be."""
        sent = {"query": RECORD_LISTENS, "variables": {"input": {"listens": batch}}}
        said = self.client.http.post("/graphql", json=sent).json()
        if "errors" in said:
            assert [each["extensions"]["code"] for each in said["errors"]] == [
                "database_unavailable"
            ], said
            return False
        assert all(each["isNew"] for each in said["data"]["recordListens"]["results"]), said
        self.kept += len(batch)
        return True


def test_what_a_full_disk_of_the_database_costs(
    with_servers: Scene, mariadb: MariaDB, say: Say
) -> None:
    database = open_database(with_servers.settings)
    (filling,) = add_listeners(database, ["filling"])
    client = with_servers.stack.signed_in(("filling", PASSWORD))
    track = client.recommended(1)["items"][0]["track"]["id"]
    batches = Batches(client, track, mariadb.folder.parent / "filler")
    with busy(with_servers.stack, with_servers.settings, database) as clients:
        costs = suffer(_faults(batches, mariadb), clients, say)
    with database.read() as session:
        kept, odd = _kept(session, filling), list(findings(session, with_servers.settings))
    database.dispose()
    say(f"{batches.kept:,} listens acknowledged in batches, {batches.kept - kept} of them lost")
    assert (kept, odd) == (batches.kept, [])
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []


def _faults(batches: Batches, mariadb: MariaDB) -> list[Fault]:
    def fill_and_kill() -> None:
        batches.fill()
        mariadb.kill()

    def make_room_and_start() -> None:
        batches.filler.unlink()
        mariadb.start()

    return [
        Fault(
            "the disk of MariaDB full",
            batches.fill,
            batches.make_room,
            seconds=3,
            is_over=batches.goes_on,
            fails_requests=True,
        ),
        Fault(
            "kill -9 of MariaDB, its disk full",
            fill_and_kill,
            make_room_and_start,
            seconds=1,
            is_over=batches.goes_on,
            fails_requests=True,
        ),
    ]


def _kept(session: Session, user_id: int) -> int:
    """Listens of batches that are there."""
    mine = (col(Event.user_id) == user_id) & (col(Event.occurred_at) < _END)
    return session.exec(select(func.count()).select_from(Event).where(mine)).one()
