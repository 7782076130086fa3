"""50 listeners, while models are trained and swapped, catalogues imported and drift looked for.

30 minutes on each database, and a tenth to warm up; PYTUNE_SOAK_MINUTES says otherwise.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlmodel import Session, col, select

from app.db import open_database
from app.importing import records
from app.job_times import JobTimes, job_times
from app.models import Artist, DataImport, Event, ImportState, Track
from app.queue import JobQueue
from app.settings import Settings
from app.verifying import findings
from tests.conftest import BOTH, create_mariadb, drop_mariadb
from tests.soak.conftest import Say
from tests.soak.killable import name_of_redis
from tests.soak.load import chores, figures
from tests.soak.load.figures import Request
from tests.soak.load.memory import Memory
from tests.soak.swapping import PASSWORD, add_listeners, demo_with_two
from tests.stack.running import ROOT, Running, running

MINUTES = float(os.environ.get("PYTUNE_SOAK_MINUTES", "30"))
WARM_UP_SECONDS = max(60.0, 6 * MINUTES)
LISTENERS = 50
HEARD = 300
"""Tracks that each has heard before, as many as they play here: a home page is dearer for whoever
has heard much, and what is looked for is what time alone makes dearer."""
MOST_GROWTH = 0.05
SLOWER = 1.5
"""How much the slowest hundredth may slow down from the first half to the second."""
ENOUGH_MINUTES = 10
"""Less holds too few trainings in each half to compare them."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.timeout(600 + 2 * (60 * MINUTES + WARM_UP_SECONDS)),
]


@dataclass(frozen=True)
class Loaded:
    """The product with two models and fifty listeners, up, its jobs by the minute."""

    stack: Running
    settings: Settings
    administrator: tuple[str, str]
    names: list[str]
    inbox: Path


@pytest.fixture(params=BOTH)
def servers(request: pytest.FixtureRequest, say: Say) -> Iterator[dict[str, str]]:
    """Settings for either set-up: embedded, or MariaDB and Redis."""
    if request.param == "sqlite":
        say("all embedded")
        yield {}
        return
    server: URL = request.getfixturevalue("lasting_mariadb")
    redis: str = request.getfixturevalue("redis_url")
    say(f"with {request.param} and {name_of_redis(redis)}")
    url = create_mariadb(server, "load").render_as_string(hide_password=False)
    yield {"PYTUNE_DATABASE_URL": url, "PYTUNE_REDIS_URL": redis}
    drop_mariadb(server, "load")


@pytest.fixture
def loaded(tmp_path: Path, servers: dict[str, str]) -> Iterator[Loaded]:
    folder, inbox = tmp_path / "data", tmp_path / "inbox"
    inbox.mkdir()
    administrator, settings = demo_with_two(folder, servers)
    database, names = open_database(settings), [f"listener {n}" for n in range(LISTENERS)]
    add_listeners(database, names, HEARD)
    database.dispose()
    more = {
        "PYTUNE_PROFILE": "production",
        "PYTUNE_IMPORT_DIR": str(inbox),
        # They come from one address, as many as fifty within a minute.
        "PYTUNE_SIGN_IN_ATTEMPTS_PER_MINUTE": str(20 * LISTENERS),
    }
    with running(folder, settings=servers | chores.BY_THE_MINUTE | more) as stack:
        yield Loaded(stack, settings, administrator, names, inbox)


def test_an_evening_of_fifty_listeners(loaded: Loaded, tmp_path: Path, say: Say) -> None:
    plan = _plan(loaded, tmp_path)
    administrator = loaded.stack.signed_in(loaded.administrator)
    begin = time.time() + WARM_UP_SECONDS
    with ExitStack() as at_work:
        memory = at_work.enter_context(Memory(loaded.stack.process.pid))
        swaps = at_work.enter_context(chores.swapping(administrator))
        imports = at_work.enter_context(chores.importing(loaded.inbox))
        _listen(loaded.stack.address, plan, tmp_path / "locust.log")
    done = _jobs(loaded.settings)
    requests = figures.read(tmp_path / "requests")
    # On a busy machine it takes a while until everybody is in.
    begin = max(begin, *(each.at for each in requests if each.name == "sign in"))
    steady = [each for each in requests if each.at >= begin]
    _say_requests(steady, say)
    growth = memory.growth(begin)
    for each in growth:
        say(f"{each.name}: {each.before:.0f} MiB, then {each.after:.0f}: {each.share:+.1%}")
    say(f"{swaps.times} swaps; " + ", ".join(f"{each.count} {n}" for n, each in done.items()))
    told = figures.errors_in_logs(loaded.stack.folder / "logs")
    assert [each for each in requests if each.error] == []
    assert swaps.failures + imports.failures + told == []
    assert {name for name, each in done.items() if each.failed} == set()
    assert {"retrain", "train", "watch_drift", "import_data", "tidy"} <= set(done)
    assert len(memory.names(begin)) == len(growth), "a process died"
    assert [each for each in growth if each.share >= MOST_GROWTH] == []
    halves = [figures.p99(part) for part in figures.by_parts(steady, 2)]
    assert MINUTES < ENOUGH_MINUTES or halves[1] <= SLOWER * halves[0]
    assert loaded.stack.interrupt() == 0
    _check_what_is_kept(loaded, requests, say)


def _plan(loaded: Loaded, folder: Path) -> Path:
    """What the listeners need to know."""
    database = open_database(loaded.settings)
    with database.read() as session:
        words = [*session.exec(select(Artist.name)), *session.exec(select(Track.title))]
        tracks = session.exec(select(Track.id)).all()
    database.dispose()
    given = {
        "names": loaded.names,
        "password": PASSWORD,
        "words": words,
        "tracks": list(tracks),
        "log": str(folder / "requests"),
    }
    plan = folder / "plan.json"
    plan.write_text(json.dumps(given))
    return plan


def _listen(address: str, plan: Path, log: Path) -> None:
    """Until the time is over and everybody has their last answer."""
    options = {
        "--locustfile": "tests/soak/load/listeners.py",
        "--host": address,
        "--users": str(LISTENERS),
        # Each signs in, which is dear: they come one by one while all warms up.
        "--spawn-rate": f"{LISTENERS / (0.8 * WARM_UP_SECONDS):.2f}",
        "--run-time": f"{WARM_UP_SECONDS + 60 * MINUTES:.0f}s",
        "--stop-timeout": "60",
        "--exit-code-on-error": "0",
    }
    words = [word for option in options.items() for word in option]
    with log.open("w") as said:
        ended = subprocess.run(
            [sys.executable, "-m", "locust", "--headless", "--only-summary", *words],
            cwd=ROOT,
            env=os.environ | {"PYTUNE_LOAD_PLAN": str(plan)},
            stdout=said,
            stderr=said,
            check=False,
        )
    assert ended.returncode == 0, log.read_text()


def _jobs(settings: Settings) -> dict[str, JobTimes]:
    queue = JobQueue(settings)
    done = job_times(queue)
    queue.close()
    return done


def _say_requests(requests: list[Request], say: Say) -> None:
    for line in figures.table(requests):
        say(line)
    parts = ", ".join(f"{figures.p99(part):.0f}" for part in figures.by_parts(requests))
    seconds = requests[-1].at - requests[0].at
    say(f"{len(requests) / seconds:.0f} requests a second; p99 by quarters: {parts} ms")


def _check_what_is_kept(loaded: Loaded, requests: list[Request], say: Say) -> None:
    acknowledged = {each.key for each in requests if each.key and not each.error}
    database = open_database(loaded.settings)
    with database.read() as session:
        kept = set(session.exec(select(Event.idempotency_key)))
        states = _imports(session)
        odd = list(findings(session, loaded.settings))
    database.dispose()
    say(f"{len(acknowledged):,} listens acknowledged, {len(acknowledged - kept)} of them lost")
    assert acknowledged <= kept
    assert set(states) == {ImportState.FINISHED}
    assert odd == []


def _imports(session: Session) -> list[str]:
    """How those of the load ended; the last one may not have."""
    mine = select(DataImport.state).where(col(DataImport.source) == chores.SOURCE)
    return [each for each in session.exec(mine) if each not in records.ACTIVE]
