"""What an import wrongly made one is taken apart by what brought it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app import catalog, editing, listening, playlists, scrobbling
from app.db import Database
from app.errors import InvalidInput, TrackNotFound
from app.importing.csv_import import import_csv
from app.importing.identity import Ids
from app.listening import Listen
from app.models import (
    CatalogueEdit,
    EditKind,
    Event,
    ExternalId,
    ExternalKind,
    Feedback,
    Track,
    VideoState,
    WrongVideo,
)
from app.models.columns import id_of
from app.scrobbling import Scrobble
from app.settings import Settings
from tests import making
from tests.editing.parting import is_well, listens, origins, split_off
from tests.importing.conftest import Files, titles

HERE = "listens-0-api"


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


def _tracks(session: Session) -> list[tuple[int, str, int, str | None]]:
    rows = session.exec(select(Track).order_by(col(Track.id)))
    return [(id_of(row), row.title, row.listener_count, row.youtube_id) for row in rows]


def test_ids_and_listens_of_a_source_become_a_track(
    database: Database, settings: Settings, files: Files, tmp_path: Path, joined: int
) -> None:
    here, one, two = origins(database, joined).values()
    assert (here.key, here.listens, here.others, here.external_id) == (HERE, 1, 1, None)
    assert (one.source, one.external_id, one.title, one.artist) == ("one", "1", "Halo", "Beyoncé")
    assert (one.listens, two.listens) == (1, 2)
    new = split_off(database, joined, "two Halo", title="Hello", artist="Adele")
    with database.read() as session:
        assert _tracks(session) == [(joined, "Halo", 2, "aaaaaaaaaaa"), (new, "Hello", 1, None)]
        assert catalog.track(session, new).artist_name == "Adele"
        assert Ids.of(session, "two").tracks == {"1": new}
        edit = session.exec(select(CatalogueEdit)).one()
    assert (edit.kind, edit.our_id, edit.other_id) == (EditKind.SPLIT, joined, new)
    assert edit.details == {"sources": ["two"], "ids": ["1"]}
    assert is_well(database, settings)
    files.listens("two,1,2026-03-02", "two,1,2026-03-03", "two,1,2026-03-04")
    for _ in range(2):
        import_csv(database, files.folder, tmp_path, lambda *_: None, source="two")
    assert listens(database, new) == {"two Halo": 3}
    with database.read() as session:
        assert [row[1] for row in _tracks(session)] == ["Halo", "Hello"], "no import renames it"
    assert is_well(database, settings)


def test_merging_takes_a_split_back(database: Database, settings: Settings, joined: int) -> None:
    before = origins(database, joined)
    new = split_off(database, joined, "one Halo", "api none")
    database.transact(lambda session: editing.merge_track(session, new, joined, "root"))
    assert origins(database, joined) == before
    assert is_well(database, settings)


@pytest.mark.parametrize("keys", [(), ("id-0",), ("all",), (HERE, "x")])
def test_what_makes_no_sense_changes_nothing(
    database: Database, joined: int, keys: tuple[str, ...]
) -> None:
    if keys == ("all",):
        keys = tuple(one.key for one in origins(database, joined).values())
    with pytest.raises(InvalidInput, match="origins"):
        database.transact(lambda session: editing.split_track(session, joined, keys, "root"))
    with pytest.raises(InvalidInput, match="title"):
        split_off(database, joined, "one Halo", title=" ")
    assert len(titles(database)) == 1


def test_no_track_is_split_that_is_gone_or_merged(database: Database, joined: int) -> None:
    with pytest.raises(TrackNotFound):
        database.transact(
            lambda session: editing.split_track(session, joined + 1000, [HERE], "root")
        )
    other = database.transact(lambda session: making.track(session, "Other"))
    database.transact(lambda session: editing.merge_track(session, joined, other, "root"))
    with pytest.raises(InvalidInput, match="was merged into another"):
        database.transact(lambda session: editing.split_track(session, joined, [HERE], "root"))


def test_scrobbles_go_with_the_name_that_they_came_by(
    database: Database, settings: Settings
) -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    names = [("Creep", "Radiohead"), ("Creep (2009 Remaster)", "Radiohead")]
    sent = [
        Scrobble(*names[number % 2], began + timedelta(hours=number), client="Kodi")
        for number in range(3)
    ]
    with database.write() as session:
        ann = making.user(session)
        scrobbling.submit(session, ann, sent)
        track = session.exec(select(Event.track_id).distinct()).one()
    assert listens(database, track) == {"scrobbles Creep": 2, "scrobbles Creep (2009 Remaster)": 1}
    new = split_off(database, track, "scrobbles Creep (2009 Remaster)", title="Creep (live)")
    database.transact(lambda session: scrobbling.submit(session, ann, sent))
    assert listens(database, new) == {"scrobbles Creep (2009 Remaster)": 1}
    assert listens(database, track) == {"scrobbles Creep": 2}
    assert is_well(database, settings)


def test_what_listeners_said_of_it_goes_where_all_their_listens_go(
    database: Database, settings: Settings, joined: int
) -> None:
    with database.write() as session:
        two = session.exec(select(Event.user_id).where(Event.source == "two")).first()
        both = session.exec(select(Event.user_id).where(Event.source == "one")).first()
        assert two
        assert both
        mine: list[Any] = []
        for user in (two, both):
            listening.set_feedback(session, user, joined, Feedback.DISLIKED)
            mine.append(playlists.create(session, user, "Mine", [joined]))
    new = split_off(database, joined, "two Halo")
    with database.read() as session:
        assert playlists.track_ids(session, mine[0]) == [new]
        assert playlists.track_ids(session, mine[1]) == [joined]
        assert listening.states_of(session, two, [new])[new].feedback is Feedback.DISLIKED
        assert listening.states_of(session, both, [joined])[joined].feedback is Feedback.DISLIKED
    assert is_well(database, settings)


def test_a_video_goes_with_its_own_id(database: Database, joined: int) -> None:
    with database.write() as session:
        session.add_all(
            ExternalId(source="youtube", kind=ExternalKind.TRACK, external_id=video, our_id=joined)
            for video in ("aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc")
        )
        session.add(WrongVideo(track_id=joined, youtube_id="bbbbbbbbbbb"))
    first = split_off(database, joined, "youtube bbbbbbbbbbb", "youtube ccccccccccc")
    second = split_off(database, joined, "youtube aaaaaaaaaaa")
    with database.read() as session:
        shown = {row[0]: row[3] for row in _tracks(session)}
        assert shown == {joined: None, first: "ccccccccccc", second: "aaaaaaaaaaa"}
        assert session.get_one(Track, joined).video_state is VideoState.UNKNOWN
