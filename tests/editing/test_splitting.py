"""What an import wrongly made one is taken apart by what brought it."""

from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app import editing, listening, verifying
from app.db import Database
from app.editing import Brought
from app.errors import InvalidInput, TrackNotFound
from app.importing.csv_import import import_csv
from app.importing.identity import Ids
from app.listening import Listen
from app.models import CatalogueEdit, EditKind, Feedback, Track, VideoState
from app.models.columns import id_of
from app.settings import Settings
from tests import making
from tests.importing.conftest import Files, titles


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "files").mkdir()
    return Files(tmp_path / "files")


@pytest.fixture
def joined(database: Database, files: Files, tmp_path: Path) -> int:
    """A track that two catalogues brought, each with a listener; one has loved it here."""
    for source, moments in (("one", ("2026-03-01",)), ("two", ("2026-03-02", "2026-03-03"))):
        files.tracks("1,Halo,Beyoncé")
        files.listens(*(f"{source},1,{moment}" for moment in moments))
        import_csv(database, files.folder, tmp_path, lambda *_: None, source=source)
    with database.write() as session:
        track = session.exec(select(Track)).one()
        track.youtube_id, track.video_state = "aaaaaaaaaaa", VideoState.FOUND
        ann = making.user(session)
        listening.record_listen(session, ann, Listen(id_of(track)))
        listening.set_feedback(session, ann, id_of(track), Feedback.LOVED)
        return id_of(track)


def _split(database: Database, track: int, *sources: str) -> int:
    return database.transact(lambda session: editing.split_track(session, track, sources, "root"))


def _tracks(session: Session) -> list[tuple[int, str, int, str | None]]:
    rows = session.exec(select(Track).order_by(col(Track.id)))
    return [(id_of(row), row.title, row.listener_count, row.youtube_id) for row in rows]


def test_ids_and_listens_of_a_source_become_a_track(
    database: Database, settings: Settings, files: Files, tmp_path: Path, joined: int
) -> None:
    with database.read() as session:
        brought = editing.brought_by(session, joined)
    assert brought == [Brought("api", 0, 2), Brought("one", 1, 1), Brought("two", 1, 2)]
    new = _split(database, joined, "two")
    with database.read() as session:
        assert _tracks(session) == [(joined, "Halo", 2, "aaaaaaaaaaa"), (new, "Halo", 1, None)]
        assert editing.brought_by(session, new) == [Brought("two", 1, 2)]
        assert Ids.of(session, "two").tracks == {"1": new}
        assert list(verifying.findings(session, settings)) == []
        edit = session.exec(select(CatalogueEdit)).one()
    assert (edit.kind, edit.our_id, edit.other_id) == (EditKind.SPLIT, joined, new)
    files.listens("two,1,2026-03-04")
    import_csv(database, files.folder, tmp_path, lambda *_: None, source="two")
    with database.read() as session:
        assert editing.brought_by(session, new) == [Brought("two", 1, 3)]


def test_merging_takes_a_split_back(database: Database, settings: Settings, joined: int) -> None:
    with database.read() as session:
        before = editing.brought_by(session, joined)
    new = _split(database, joined, "one", "api")
    database.transact(lambda session: editing.merge_track(session, new, joined, "root"))
    with database.read() as session:
        assert editing.brought_by(session, joined) == before
        assert list(verifying.findings(session, settings)) == []


@pytest.mark.parametrize("sources", [(), ("three",), ("one", "three"), ("one", "two", "api")])
def test_what_makes_no_sense_changes_nothing(
    database: Database, joined: int, sources: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput, match="sources"):
        _split(database, joined, *sources)
    assert len(titles(database)) == 1


def test_no_track_is_split_that_is_gone_or_merged(database: Database, joined: int) -> None:
    with pytest.raises(TrackNotFound):
        _split(database, joined + 1000, "one")
    other = database.transact(lambda session: making.track(session, "Other"))
    database.transact(lambda session: editing.merge_track(session, joined, other, "root"))
    with pytest.raises(InvalidInput, match="was merged into another"):
        _split(database, joined, "one")
