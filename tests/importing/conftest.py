"""A folder of files to import, and what came of it."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.db import Database
from app.importing.csv_import import import_csv
from app.importing.report import ImportReport
from app.listening import EVENTS, USER_ITEMS
from app.models import Artist, Track

TRACKS = "track_id,title,artist"
LISTENS = "user_id,track_id,listened_at"

Imported = tuple[ImportReport, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Files:
    """A folder named demo, which is the source's name too."""

    folder: Path

    def write(self, name: str, header: str, *rows: str) -> None:
        self.put(name, "\n".join([header, *rows, ""]).encode())

    def put(self, name: str, content: bytes) -> None:
        packed = gzip.compress(content) if name.endswith(".gz") else content
        (self.folder / name).write_bytes(packed)

    def tracks(self, *rows: str, header: str = TRACKS) -> None:
        self.write("tracks.csv", header, *rows)

    def listens(self, *rows: str, header: str = LISTENS) -> None:
        self.write("listens.csv", header, *rows)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "demo").mkdir()
    return Files(tmp_path / "demo")


Import = Callable[[], Imported]


@pytest.fixture
def bring_in(files: Files, database: Database) -> Import:
    """Imports the folder; the report, and the rejected file's rows without its header."""

    def run() -> Imported:
        reports = files.folder.parent / "reports"
        report = import_csv(database, files.folder, reports, lambda *_: None)
        return report, rejected_rows(report.rejected_file)

    return run


def rejected_rows(path: Path | None) -> list[list[str]]:
    if path is None:
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["file", "line", "what", "reason", "row"]
    return rows


def titles(database: Database) -> list[tuple[str, str]]:
    """Title and artist of every track."""
    with database.read() as session:
        statement = select(Track.title, Artist.name).join(Artist).order_by(Track.id)  # type: ignore[call-overload]
        return [tuple(row) for row in session.connection().execute(statement)]


def plays(session: Session) -> int:
    """Of all listeners, having checked that the sums are those of the events."""
    connection = session.connection()
    sums = sum(int(row.plays) for row in connection.execute(select(USER_ITEMS)))
    assert sums == sum(row.plays for row in connection.execute(select(EVENTS)))
    return sums
