"""A restored database gives no id that was given before the backup, whatever database it is."""

from pathlib import Path

import orjson

from app import backup
from app.db import Database
from app.models import Track
from app.settings import Settings
from tests import making
from tests.backup.test_backup import (
    Target,
    everything,
    file,
    listened,
    other_mariadb,
    rewrite,
    silent,
    target,
)

__all__ = ["file", "listened", "other_mariadb", "target"]


def test_ids_of_rows_that_are_gone_are_not_given_after_a_restoration(
    database: Database, settings: Settings, listened: int, target: Target, tmp_path: Path
) -> None:
    """The models that come along speak of tracks by their ids."""
    with database.write() as session:
        gone = session.get_one(Track, making.tracks(session, 3, "Кино")[-1])
        session.delete(gone)
    backup.write(database, settings, tmp_path / "pytune.zip", silent)
    restored, into = target
    backup.restore(restored, into, tmp_path / "pytune.zip", silent)
    assert restored.transact(lambda session: making.track(session, "Спокойная ночь")) > (
        gone.id or 0
    )


def _without_last_ids(content: bytes) -> bytes:
    contents = orjson.loads(content)
    del contents["last_ids"]
    return orjson.dumps({**contents, "format": 1})


def test_a_backup_that_does_not_tell_the_last_ids_is_restored(
    database: Database, file: Path, target: Target, tmp_path: Path
) -> None:
    rewrite(file, older := tmp_path / "older.zip", _without_last_ids)
    backup.restore(*target, older, silent)
    assert everything(target[0]) == everything(database)
