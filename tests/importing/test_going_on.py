"""An import that was interrupted goes on where it was; who lost the claim writes nothing."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app import changes
from app.db import Database
from app.errors import ImportRefused
from app.importing import loader, records, tracks
from app.importing.errors import ImportOver
from app.importing.formats import ImportFormat
from app.importing.identity import Ids
from app.importing.loader import AT_ONCE
from app.importing.records import Claim, Wanted
from app.importing.rows import Holds
from app.importing.run import go_on
from app.models import DataImport, ImportState, Track
from app.models.columns import id_of
from tests import making
from tests.importing.conftest import plays, rejected_rows
from tests.importing.packing import packed, stream

_NOTICE_SECONDS = 0.3
"""Long enough for a pulse that need not wait to be through."""


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


def _spotify(tmp_path: Path, *streams: Any) -> Path:
    return packed(tmp_path / "spotify.zip", {"Streaming_History_Audio_0.json": streams})


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(AT_ONCE, Holds.PLAYS, 4)


def _claimed(database: Database, path: Path, ann: int) -> Claim:
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=ann)
    row = database.transact(
        lambda session: records.write_down(session, wanted, ImportState.QUEUED, "job-1")
    )
    return Claim(id_of(row), "job-1")


def _row(database: Database, claim: Claim) -> DataImport:
    with database.read() as session:
        return records.record(session, claim.import_id)


class Killed(BaseException):
    """As a worker's death: nobody writes down that it ended."""


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_an_import_goes_on_where_it_was_left(
    database: Database, ann: int, tmp_path: Path, blocks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [stream(n, **({"ts": "never"} if n % 5 == 2 else {})) for n in range(1, 16)]
    claim = _claimed(database, _spotify(tmp_path, *streams), ann)
    end = records.end
    monkeypatch.setattr(records, "end", lambda *_: None)
    told: list[str] = []

    def killed(file: str, *_: object) -> None:
        told.append(file)
        if len(told) == blocks:
            raise Killed

    with pytest.raises(Killed):
        go_on(database, claim, tmp_path / "reports", killed)
    assert _row(database, claim).state is ImportState.RUNNING
    _scribble(tmp_path / "reports", claim)
    monkeypatch.setattr(records, "end", end)
    go_on(database, claim, tmp_path / "reports", lambda *_: None)
    row = _row(database, claim)
    assert (row.state, row.attempts, row.progress) == (ImportState.FINISHED, 2, 1.0)
    assert (row.rows_read, row.rows_loaded, row.rows_unchanged, row.rows_rejected) == (15, 12, 0, 3)
    assert sum((row.reasons or {}).values()) == 3
    rejected = rejected_rows(Path(str(row.rejected_file)))
    assert [int(line[1]) for line in rejected] == [2, 7, 12]
    with database.read() as session:
        assert plays(session) == 12


def _scribble(reports: Path, claim: Claim) -> None:
    """What was rejected in a block that was never committed."""
    with (reports / f"import-{claim.import_id}-rejected.csv").open("a") as file:
        file.write("half a row")


@pytest.mark.usefixtures("small_blocks")
def test_who_lost_the_claim_writes_nothing_more(
    database: Database, ann: int, tmp_path: Path
) -> None:
    claim = _claimed(database, _spotify(tmp_path, *(stream(n) for n in range(1, 16))), ann)

    def taken_over(*_: object) -> None:
        def take(session: Session) -> None:
            records.record(session, claim.import_id).job_id = "job-2"

        database.transact(take)

    with pytest.raises(ImportOver):
        go_on(database, claim, tmp_path / "reports", taken_over)
    row = _row(database, claim)
    assert (row.state, row.rows_loaded) == (ImportState.RUNNING, 4)
    with database.read() as session:
        assert plays(session) == 4


def test_a_file_that_is_refused_ends_its_import(
    database: Database, ann: int, tmp_path: Path
) -> None:
    claim = _claimed(database, packed(tmp_path / "x.zip", {"a": b"", "b": b""}), ann)
    with pytest.raises(ImportRefused):
        go_on(database, claim, tmp_path / "reports", lambda *_: None)
    row = _row(database, claim)
    assert row.state is ImportState.FAILED
    assert "extended streaming history" in str(row.error)
    with pytest.raises(ImportOver):
        go_on(database, claim, tmp_path / "reports", lambda *_: None)


@pytest.mark.usefixtures("small_blocks")
def test_what_went_in_before_it_was_cancelled_is_counted(
    database: Database, ann: int, tmp_path: Path
) -> None:
    claim = _claimed(database, _spotify(tmp_path, *(stream(n) for n in range(1, 16))), ann)
    with database.read() as session:
        before = changes.last_note(session)

    def cancelled(*_: object) -> None:
        with database.write() as session:
            records.locked(session, claim.import_id).state = ImportState.CANCELLED

    with pytest.raises(ImportOver):
        go_on(database, claim, tmp_path / "reports", cancelled)
    assert _row(database, claim).state is ImportState.CANCELLED
    with database.read() as session:
        assert [track.listener_count for track in session.exec(select(Track))] == [1] * 4
        assert changes.last_note(session) > before


def test_who_says_that_it_lives_waits_for_a_block(
    database: Database, ann: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Had the block taken the import's row last, each would have waited for the other."""
    claim = _claimed(database, _spotify(tmp_path, stream(1)), ann)
    live, add = partial(records.live, claim=claim), tracks.add_tracks
    beats: list[Future[None]] = []
    with ThreadPoolExecutor(1) as pool:

        def adding(*arguments: Any, **named: Any) -> Ids:
            beats.append(pool.submit(database.transact, live))
            assert not wait(beats, _NOTICE_SECONDS).done
            return add(*arguments, **named)

        monkeypatch.setattr(loader, "add_tracks", adding)
        go_on(database, claim, tmp_path / "reports", lambda *_: None)
        (beat,) = beats
        assert isinstance(beat.exception(), ImportOver | None)
    assert _row(database, claim).state is ImportState.FINISHED
