"""Histories brought in, and claimed to be taken back."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.db import Database
from app.importing import records
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.importing.run import import_now
from app.models import ImportState
from app.settings import Settings
from app.verifying import findings
from tests.importing.packing import packed


def bring(database: Database, tmp_path: Path, user: int, *streams: Any) -> int:
    path = packed(tmp_path / "x.zip", {"endsong_0.json": streams})
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=user)
    return import_now(database, wanted, tmp_path / "reports", lambda *_: None).import_id


def claimed(database: Database, import_id: int) -> Claim:
    def begin(session: Session) -> None:
        row = records.locked(session, import_id)
        row.state, row.job_id = ImportState.UNDOING, "undo"

    database.transact(begin)
    return Claim(import_id, "undo")


def check(database: Database, settings: Settings) -> None:
    with database.read() as session:
        assert list(findings(session, settings)) == []
