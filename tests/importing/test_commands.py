"""Imports by commands: each says that it lives, and stands in the way of a second one meanwhile."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app import pulse
from app.db import Database
from app.importing import claiming, commands, records
from app.importing.errors import ImportOver, ImportUnderway
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.importing.run import import_now
from app.importing.undoing import undo_now
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from tests import making
from tests.importing.conftest import titles
from tests.importing.packing import packed, stream


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


@pytest.fixture
def wanted(ann: int, tmp_path: Path) -> Wanted:
    path = packed(tmp_path / "made.zip", {"endsong_0.json": [stream(1), stream(2)]})
    return Wanted.of(ImportFormat.SPOTIFY, path, user_id=ann)


def _states(database: Database) -> list[ImportState]:
    with database.read() as session:
        return [row.state for row in session.exec(select(DataImport).order_by(col(DataImport.id)))]


def _underway(database: Database, wanted: Wanted, holder: str, silent: timedelta) -> int:
    """An import that somebody has begun."""

    def begin(session: Session) -> int:
        row = records.write_down(session, wanted, ImportState.RUNNING, holder)
        row.heartbeat_at = utc_now() - silent
        return id_of(row)

    return database.transact(begin)


def _of_a_dead_process() -> str:
    process = subprocess.Popen(["true"])
    process.wait()
    kind, machine, _, rest = commands.new_holder().split(":")
    return f"{kind}:{machine}:{process.pid}:{rest}"


NOW, LONG = timedelta(), timedelta(hours=1)
HOLDERS: dict[str, tuple[Callable[[], str], timedelta, bool]] = {
    "here": (commands.new_holder, NOW, True),
    "dead here": (_of_a_dead_process, NOW, False),
    "elsewhere": (lambda: "command:elsewhere:1:x", NOW, True),
    "dead elsewhere": (lambda: "command:elsewhere:1:x", LONG, False),
    "worker": (lambda: "import-1", LONG, True),
}


@pytest.mark.parametrize("who", HOLDERS)
def test_a_second_one_is_refused_while_the_first_one_lives(
    database: Database, wanted: Wanted, tmp_path: Path, who: str
) -> None:
    holder, silent, lives = HOLDERS[who]
    first = _underway(database, wanted, holder(), silent)
    if lives:
        with pytest.raises(ImportUnderway, match=f"Import {first} is under way"):
            import_now(database, wanted, tmp_path, lambda *_: None)
        assert _states(database) == [ImportState.RUNNING]
        return
    import_now(database, wanted, tmp_path, lambda *_: None)
    assert _states(database) == [ImportState.FAILED, ImportState.FINISHED]
    with database.read() as session:
        assert "Start it again" in str(records.record(session, first).error)


def test_a_killed_undoing_is_begun_anew(database: Database, wanted: Wanted, tmp_path: Path) -> None:
    number = import_now(database, wanted, tmp_path, lambda *_: None).import_id
    begin = partial(claiming.begin_undoing, import_id=number, holder=_of_a_dead_process())
    database.transact(begin)
    undo_now(database, number, lambda _: None)
    assert (_states(database), titles(database)) == ([ImportState.UNDONE], [])


@pytest.fixture
def beaten(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once an import's pulse was written down."""
    seen, live = Event(), records.live

    def beat(session: Session, claim: Claim) -> None:
        live(session, claim)
        seen.set()

    monkeypatch.setattr(records, "live", beat)
    monkeypatch.setattr(pulse, "_BEAT_SECONDS", 0.01)
    return seen


def test_a_command_says_that_it_lives(
    database: Database, wanted: Wanted, tmp_path: Path, beaten: Event
) -> None:
    def slow(*_: Any) -> None:
        assert beaten.wait(30)

    number = import_now(database, wanted, tmp_path, slow).import_id
    beaten.clear()
    undo_now(database, number, slow)
    assert _states(database) == [ImportState.UNDONE]


def test_a_command_that_was_given_up_says_so(
    database: Database, wanted: Wanted, tmp_path: Path
) -> None:
    def given_up(*_: Any) -> None:
        def write(session: Session) -> None:
            session.exec(select(DataImport)).one().state = ImportState.FAILED

        database.transact(write)

    with pytest.raises(ImportOver, match="is failed"):
        import_now(database, wanted, tmp_path, given_up)
    with database.read() as session:
        number = id_of(session.exec(select(DataImport)).one())
    with pytest.raises(ImportOver, match="is failed"):
        undo_now(database, number, given_up)
