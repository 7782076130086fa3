"""What administrators do while an import writes: SQLite makes them wait, other servers do not."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from app import editing
from app.db import Database
from app.editing import Correction
from app.importing.csv_import import import_csv
from app.importing.records import Wanted
from app.listening import EVENTS
from app.listening.moving import sum_tracks_again
from app.models import Track
from app.models.columns import id_of
from app.settings import Settings
from tests.editing.parting import imported_again, is_well, listens, split_off
from tests.importing.conftest import Files, titles

pytestmark = pytest.mark.parametrize(
    "settings", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True
)


def _between(database: Database, edit: Callable[[], object]) -> list[Callable[[], object]]:
    """Do it as soon as a block of an import has looked for edits, before it writes; once."""
    left = [edit]

    def executed(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        writes = connection.get_execution_options().get("pytune_writes")
        if left and writes and "max(catalogue_edit.id)" in statement:
            left.pop()()

    event.listen(database.engine, "after_cursor_execute", executed)
    return left


def test_listens_go_to_the_track_that_their_id_was_given_meanwhile(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    with database.write() as session:
        session.connection().execute(EVENTS.delete())
        sum_tracks_again(session, [track])
    new: list[int] = []
    left = _between(database, lambda: new.append(split_off(database, track, "spotify Song")))
    assert imported_again(database, wanted) == 4
    assert not left
    for _ in range(2):
        assert listens(database, new[0]) == {"spotify Song": 3}
        assert listens(database, track) == {"spotify Song (Remastered 2011)": 1}
        assert is_well(database, settings)
        assert imported_again(database, wanted) == 0


def test_what_was_said_by_hand_meanwhile_stays(database: Database, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    files = Files(tmp_path / "files")
    files.tracks("1,Halo,Beyonce")
    files.listens()
    import_csv(database, files.folder, tmp_path, lambda *_: None)
    files.tracks("1,Hallo,Beyonce")
    with database.read() as session:
        track = id_of(session.exec(select(Track)).one())
    said = Correction("Halo (live)", "Beyoncé")
    edit = partial(editing.edit_track, track_id=track, said=said, by="root")
    left = _between(database, lambda: database.transact(edit))
    import_csv(database, files.folder, tmp_path, lambda *_: None)
    assert not left
    assert titles(database) == [("Halo (live)", "Beyonce")]
