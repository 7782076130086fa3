"""Two tracks made one and separated again: listens follow, and nothing is lost."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from app import catalog, editing, listening, playlists, recommending, verifying, videos
from app.db import Database
from app.errors import InvalidInput, TrackNotFound
from app.importing.identity import Ids, Origin, remember
from app.importing.rows import TrackRow
from app.importing.track_search import fill_keys
from app.importing.tracks import add_tracks, change_tracks
from app.listening import EVENTS, USER_ITEMS, Listen, Outcome
from app.models import CatalogueEdit, EditKind, Event, ExternalId, ExternalKind, Feedback, Track
from app.search import Search
from app.settings import Settings
from tests import making
from tests.models_made import model as model_of

BEGAN = datetime(2024, 5, 1, tzinfo=UTC)
Sums = dict[tuple[int, int], tuple[object, ...]]


def _sums(session: Session) -> Sums:
    rows = session.connection().execute(USER_ITEMS.select()).all()
    return {
        (r.user_id, r.track_id): (r.plays, r.skips, r.last_listened_at, r.feedback) for r in rows
    }


def _is_well(session: Session, settings: Settings) -> bool:
    return list(verifying.findings(session, settings)) == []


def _lives(session: Session, users: list[int], tracks: list[int], chance: random.Random) -> None:
    """Listens at moments of their own, skips and words of feedback."""
    for number in range(80):
        user, track = chance.choice(users), chance.choice(tracks)
        at = BEGAN + timedelta(hours=chance.randrange(20_000), seconds=number)
        match chance.randrange(4):
            case 0:
                listening.record_skip(session, user, Listen(track, at))
            case 1:
                said = chance.choice([Feedback.LOVED, Feedback.DISLIKED, None])
                listening.set_feedback(session, user, track, said)
            case _:
                listening.record_listen(session, user, Listen(track, at))


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_those_of_the_events_after_every_merge_and_as_before_after_separating(
    database: Database, settings: Settings, seed: int
) -> None:
    chance = random.Random(seed)
    with database.write() as session:
        users = [making.user(session, name) for name in ("ann", "bea", "cem")]
        tracks = making.tracks(session, 4)
        _lives(session, users, tracks, chance)
        before, count = _sums(session), len(session.exec(select(Event.id)).all())
    order = [(tracks[0], tracks[1]), (tracks[2], tracks[1])]
    for merged, into in order:
        database.transact(lambda session, m=merged, i=into: editing.merge_track(session, m, i, "x"))  # type: ignore[misc]
        with database.read() as session:
            assert _is_well(session, settings)
            assert len(session.exec(select(Event.id)).all()) == count
            assert not [pair for pair in _sums(session) if pair[1] == merged]
    for merged, _ in chance.sample(order, 2):
        database.transact(lambda session, m=merged: editing.separate_track(session, m, "x"))  # type: ignore[misc]
        with database.read() as session:
            assert _is_well(session, settings)
    with database.read() as session:
        assert _sums(session) == before


def test_merging_again_changes_nothing_and_both_are_on_record(database: Database) -> None:
    with database.write() as session:
        one, other = making.tracks(session, 2)
        ann = making.user(session)
        listening.record_listen(session, ann, Listen(one, BEGAN))
        for _ in range(2):
            editing.merge_track(session, one, other, "root")
        after = _sums(session)
        assert {track for _, track in after} == {other}
        editing.separate_track(session, one, "root")
        kinds = [edit.kind for edit in session.exec(select(CatalogueEdit)).all()]
        assert kinds == [EditKind.MERGE, EditKind.SEPARATE]
        (last, first) = editing.edits_of(session, ExternalKind.TRACK, other, 5)
        assert (last.row.other_id, first.row.other_id, first.row.edited_by) == (one, one, "root")
        assert not first.can_be_taken_back, "it was"
        with pytest.raises(InvalidInput, match="is merged into no other track"):
            editing.separate_track(session, one, "root")


def test_what_cannot_be_merged_is_said(database: Database) -> None:
    with database.write() as session:
        one, two, three = making.tracks(session, 3)
        for merged, into, words in ((one, one, "another"), (one, 10**6, "No track")):
            with pytest.raises((InvalidInput, TrackNotFound), match=words):
                editing.merge_track(session, merged, into, "root")
        editing.merge_track(session, one, two, "root")
        with pytest.raises(InvalidInput, match="name that one"):
            editing.merge_track(session, three, one, "root")
        with pytest.raises(InvalidInput, match="separate them first"):
            editing.merge_track(session, one, three, "root")
        editing.merge_track(session, two, three, "root")
        assert catalog.track(session, one).id == three


def test_the_same_moment_of_both_is_one_listen(database: Database, settings: Settings) -> None:
    with database.write() as session:
        one, other = making.tracks(session, 2)
        ann = making.user(session)
        for track in (one, other):
            listening.record_listen(session, ann, Listen(track, BEGAN))
        editing.merge_track(session, one, other, "root")
        assert _sums(session)[ann, other][0] == 1
        assert _is_well(session, settings)


def test_an_old_id_leads_to_the_track_that_is_kept(database: Database) -> None:
    with database.write() as session:
        one, other = making.tracks(session, 2)
        ann = making.user(session)
        mine = playlists.create(session, ann, "Mine", [other, one])
        editing.merge_track(session, one, other, "root")
        assert catalog.track(session, one).id == other
        assert playlists.track_ids(session, mine) == [other, other]
        playlists.add_tracks(session, ann, mine, [one])
        assert playlists.track_ids(session, mine) == [other] * 3
        assert listening.record_listen(session, ann, Listen(one, BEGAN)) is Outcome.NEW
        again = listening.record_listens(session, ann, [Listen(one, BEGAN), Listen(one)])
        assert again == [Outcome.KNOWN, Outcome.NEW]
        listening.set_feedback(session, ann, one, Feedback.LOVED)
        assert {track for _, track in _sums(session)} == {other}
        with pytest.raises(TrackNotFound):
            videos.wants_lookup(session, one)
        editing.separate_track(session, one, "root")
        assert playlists.track_ids(session, mine) == [other, one, other]


def test_a_playlist_that_was_reordered_since_gets_the_separated_track_back(
    database: Database,
) -> None:
    with database.write() as session:
        one, other, third = making.tracks(session, 3)
        ann = making.user(session)
        mine = playlists.create(session, ann, "Mine", [other, one, third, one])
        editing.merge_track(session, one, other, "root")
        playlists.move(session, ann, mine, 3, third, to=1)
        playlists.take_out(session, ann, mine, 4, other)
        assert playlists.track_ids(session, mine) == [third, other, other]
        editing.separate_track(session, one, "root")
        assert playlists.track_ids(session, mine) == [third, other, one]


def test_what_is_merged_away_is_shown_nowhere(database: Database) -> None:
    search = Search(database)
    with database.write() as session:
        one, other = making.tracks(session, 2)
        ann = making.user(session)
    with database.read() as session:
        assert len(search.tracks(session, "song", 9)) == 2
    database.transact(lambda session: editing.merge_track(session, one, other, "root"))
    with database.read() as session:
        assert [row.id for row, _ in search.tracks(session, "song", 9)] == [other]
        assert search.count_tracks(session, None) == 1
        (artist,) = catalog.search_artists(session, None, 5)
        assert artist.track_count == 1
        assert catalog.tracks_by_id(session, [one]) == [None]
        assert catalog.catalogue_behind(session, 0).ids.tolist() == [other]
        model = model_of(1, [one, other])
        served = recommending.recommend(session, model, ann)
        assert [item.track.id for item in served.items] == [other]
        similar = recommending.similar_tracks(session, None, ann, one)
        assert similar.items == []
    search.stop()


def test_imports_know_both_names_and_change_nothing_of_what_is_kept(database: Database) -> None:
    origin = Origin("shop")
    with database.write() as session:
        kept = making.track(session, "Halo", "Beyoncé", year=2008)
        wrong = making.track(session, "Hallo", "Beyonce Knowles", album="Sasha")
        remember(session, origin, ExternalKind.TRACK, {"7": wrong})
        editing.merge_track(session, wrong, kept, "root")
        while fill_keys(session):
            pass
        row = TrackRow("7", "Hallo", "Beyonce Knowles", year=1999)
        ids = Ids.of(session, "shop")
        assert ids.tracks == {"7": kept}
        assert change_tracks(session, {"7": row}, ids, Ids(), joins=False) == 0
        other = TrackRow("x", "Hallo", "Beyonce Knowles")
        found = add_tracks(session, Origin("radio"), {"x": other}, Ids(), joins=True)
        assert found.tracks == {"x": kept}
        track = session.get_one(Track, kept)
        assert (track.title, track.year, track.album) == ("Halo", 2008, "Sasha")
        editing.separate_track(session, wrong, "root")
        session.expire_all()
        shop = select(ExternalId.our_id).where(col(ExternalId.source) == "shop")
        assert session.exec(shop).one() == wrong
        assert len(session.connection().execute(EVENTS.select()).all()) == 0
