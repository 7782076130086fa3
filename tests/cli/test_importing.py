"""Each import as it is typed, and that what came in is taken back by its number."""

import json
import re
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from app.accounts import create_user, hashed
from app.db import open_database
from app.importing import records
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.models import Event, ImportState, Role, Track
from app.models.columns import id_of
from app.settings import Settings
from app.verifying import findings
from tests.cli.running import run, start
from tests.importing.packing import TAKEOUT_FILE, listen, packed, stream, watched

LINES = "".join(json.dumps(one) + "\n" for one in (listen(1), listen(2))).encode()
HISTORIES: dict[str, dict[str, object]] = {
    "spotify": {"endsong_0.json": [stream(1), stream(2)]},
    "listenbrainz": {"user.json": {"user_id": 1}, "listens/2024/3.jsonl": LINES},
    "takeout": {TAKEOUT_FILE: [watched(1), watched(2)]},
}


@pytest.fixture
def folder(sqlite_settings: Settings) -> Path:
    """A migrated data folder, where ann is."""
    database = open_database(sqlite_settings)
    database.transact(
        lambda session: create_user(session, "ann", hashed("long-enough"), Role.LISTENER)
    )
    database.dispose()
    return sqlite_settings.folder


def _counts(folder: Path) -> tuple[int, int]:
    """Of listens and of tracks; that everything agrees besides."""
    settings = Settings(data_dir=folder)
    database = open_database(settings)
    with database.read() as session:
        assert list(findings(session, settings)) == []
        counts = _count(session, Event), _count(session, Track)
    database.dispose()
    return counts


def _count(session: Session, table: type[Event | Track]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize("form", HISTORIES)
def test_a_history_comes_in_and_is_taken_back(folder: Path, tmp_path: Path, form: str) -> None:
    file = packed(tmp_path / "mine.zip", HISTORIES[form])
    done = run("import", form, str(file), "--user", "Ann", folder=folder)
    assert done.returncode == 0, done.stderr
    assert _counts(folder) == (2, 2)
    number = re.search(r"`pytune import undo (\d+)`", done.stdout)
    assert number is not None, done.stdout
    undone = run("import", "undo", number[1], folder=folder)
    assert (undone.returncode, undone.stdout) == (0, f"Import {number[1]} was taken back.\n")
    assert _counts(folder) == (0, 0)


def test_plays_without_dates_come_in(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "plays.csv"
    file.write_text(
        "user_id,song_id,listen_count,title,release,artist_name,year\n"
        "b80344d0,SOBONKR12A58A7A7E0,7,You're The One,If There Was A Way,Dwight Yoakam,1990\n"
    )
    done = start("import", "taste-profile", str(file), folder=folder)
    assert done.returncode == 0, done.stderr
    assert _counts(folder) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("undo", "7"), "No import has id 7."),
        (("spotify", "{file}", "--user", "nobody"), "nobody"),
        (("spotify", "{file}", "--user", "ann"), "mine.zip"),
        (("takeout", "{file}.gone", "--user", "ann"), "mine.zip.gone"),
        (("csv", "{folder}"), "tracks.csv"),
        (("csv", "{folder}", "--source", "My Source!"), "source: must be"),
    ],
    ids=["no import", "no user", "no zip", "no file", "empty folder", "no source"],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    folder: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "mine.zip"
    file.write_bytes(b"PK\x03\x04 no zip at all")
    (tmp_path / "empty").mkdir()
    given = (word.format(file=file, folder=tmp_path / "empty") for word in words)
    refused = run("import", *given, folder=folder)
    assert refused.returncode == 1
    assert refused.stderr.startswith("pytune: ")
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert _counts(folder) == (0, 0)


def test_an_import_that_goes_on_is_not_taken_back(folder: Path) -> None:
    database = open_database(Settings(data_dir=folder))
    wanted = Wanted.of(ImportFormat.CSV, folder, source="mine")
    number = database.transact(
        lambda session: id_of(records.write_down(session, wanted, ImportState.RUNNING, "job"))
    )
    refused = run("import", "undo", str(number), folder=folder)
    assert refused.returncode == 1
    assert refused.stderr == "pytune: importId: is running: only what is over can be undone\n"
    with database.read() as session:
        assert records.record(session, number).job_id == "job"
    database.dispose()
