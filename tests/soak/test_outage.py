"""MariaDB away for 30 seconds while listeners listen and a model is trained. 5 minutes."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
from sqlalchemy.engine import URL
from sqlmodel import col, select

from app.db import open_database
from app.models import Event
from app.settings import Settings
from tests.conftest import create_mariadb, drop_mariadb, name_here
from tests.proxy import Proxy
from tests.soak.conftest import Say
from tests.soak.swapping import await_that
from tests.stack.client import RECOMMENDATIONS, RECORD_LISTEN, STATUS, TRAIN, Client
from tests.stack.running import Running, running

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.timeout(1800),
]

AWAY_SECONDS = 30
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
NAME = name_here("soak")
LONG = {"iterations": 60, "factors": 128}


@pytest.fixture
def proxy(mariadb_server: URL) -> Iterator[Proxy]:
    create_mariadb(mariadb_server, "soak")
    with Proxy(str(mariadb_server.query["unix_socket"])) as opened:
        yield opened
    drop_mariadb(mariadb_server, "soak")


@pytest.fixture
def stack(short_folder: Path, proxy: Proxy) -> Iterator[Running]:
    """The demo on MariaDB, set up through the proxy."""
    address = f"mysql://root@127.0.0.1:{proxy.port}/{NAME}?ssl_disabled=true"
    with running(short_folder / NAME, "demo", {"PYTUNE_DATABASE_URL": address}) as started:
        yield started


@dataclass
class Doing:
    """A listener who records listens and asks for lists; what came of it."""

    client: Client
    track: str
    acknowledged: list[datetime] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        moment = LONG_AGO
        while not self._over.is_set():
            moment += timedelta(minutes=3)
            given = {"trackId": self.track, "listenedAt": moment.isoformat()}
            if self._ask(RECORD_LISTEN, {"input": given}) == "answered":
                self.acknowledged.append(moment)
            self.answers[self._ask(RECOMMENDATIONS, {"first": 20})] += 1

    def _ask(self, document: str, variables: dict[str, Any]) -> str:
        with suppress(httpx2.HTTPError, ValueError, LookupError):
            answer = self.client.http.post(
                "/graphql", json={"query": document, "variables": variables}
            )
            errors = answer.json().get("errors")
            return errors[0]["extensions"]["code"] if errors else "answered"
        return "broken"


def test_a_database_away_for_half_a_minute_costs_nothing(
    stack: Running, proxy: Proxy, say: Say
) -> None:
    administrator = stack.signed_in(stack.accounts["administrator"])
    listener = stack.signed_in(stack.accounts["listener"])
    number = administrator.ask(TRAIN, input=LONG)["trainModel"]["training"]["version"]
    await_that(lambda: administrator.trainings()[number]["progress"] > 0.1)
    track = listener.recommended(1)["items"][0]["track"]["id"]
    with Doing(listener, track) as doing:
        await_that(lambda: len(doing.acknowledged) >= 10)
        doing.answers.clear()
        proxy.cut()
        threading.Event().wait(AWAY_SECONDS)
        during = dict(doing.answers)
        proxy.join()
        kept = len(doing.acknowledged)
        await_that(lambda: len(doing.acknowledged) >= kept + 10)
    say(f"lists asked for while the database was away: {during}")
    row = _ended(administrator, number)
    say(f"the training that ran: {row['state']}; {row['error'] or 'no error'}")
    say(f"{len(doing.acknowledged)} listens acknowledged, {_lost(stack, proxy, doing)} lost")
    assert "broken" not in during
    assert row["state"] == "FINISHED"
    assert _lost(stack, proxy, doing) == 0
    await_that(lambda: administrator.ask(STATUS)["status"]["state"] == "RUNNING")


def _ended(administrator: Client, number: int) -> dict[str, Any]:
    await_that(lambda: administrator.trainings()[number]["state"] in {"FINISHED", "FAILED"}, 0.5)
    return administrator.trainings()[number]


def _lost(stack: Running, proxy: Proxy, doing: Doing) -> int:
    address = f"mysql://root@127.0.0.1:{proxy.port}/{NAME}?ssl_disabled=true"
    database = open_database(Settings(data_dir=stack.folder, database_url=address))
    with database.read() as session:
        early = select(Event.occurred_at).where(
            col(Event.occurred_at) < LONG_AGO + timedelta(days=365)
        )
        kept = set(session.exec(early))
    database.dispose()
    return len(set(doing.acknowledged) - kept)
