"""What other players report by name: found, or added once, and recorded as any listen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from app import catalog, listening, scrobbling
from app.db import Database
from app.models import Event, ExternalId, Track
from app.models.columns import utc_now
from app.scrobbling import Scrobble
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
MBID = "e8f9b188-f819-4e43-ab0f-4bd26ce9ff56"


def _tracks(session: Session) -> list[Track]:
    return list(session.exec(select(Track).order_by(Track.id)))  # type: ignore[arg-type]


def test_a_new_song_is_added_with_all_that_is_known_of_it(database: Database) -> None:
    told = Scrobble(
        title="Hyperballad",
        artist="Björk",
        listened_at=MOMENT,
        album="Post",
        seconds=321,
        youtube_id="6CSiU0j_lFA",
        also=(("musicbrainz", MBID), ("isrc", "GBAAN9500053")),
        client="phone",
    )
    with database.write() as session:
        ann = making.user(session)
        scrobbling.submit(session, ann, [told])
        (track,) = _tracks(session)
        (past,) = listening.history(session, ann, 9)
        known = {(one.source, one.external_id) for one in session.exec(select(ExternalId))}
        (found,) = catalog.search_tracks(session, "hyper bjork", 5)
    assert (track.title, track.album, track.duration_seconds) == ("Hyperballad", "Post", 321)
    assert (track.youtube_id, found.artist_name) == ("6CSiU0j_lFA", "Björk")
    assert (past.track_id, past.listened_at, past.source) == (track.id, MOMENT, "phone")
    assert known >= set(told.also)


def test_the_same_song_told_differently_is_one_track(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        known = (("isrc", "X"),)
        scrobbling.submit(session, ann, [Scrobble("Jóga", "Björk", MOMENT, also=known)])
        told = [
            Scrobble("jóga - Remastered 2011", "BJÖRK", MOMENT + timedelta(minutes=5)),
            Scrobble("Joga", "Bjork", MOMENT + timedelta(minutes=9), also=known),
        ]
        scrobbling.submit(session, ann, told)
        assert len(_tracks(session)) == 1
        assert listening.count_listens(session, ann) == 3
        scrobbling.submit(session, ann, told)
        assert listening.count_listens(session, ann) == 3


def test_nobody_redirects_anothers_listens_by_a_recordings_id(database: Database) -> None:
    """Whoever brings an id first does not choose what others hear by it."""
    known = (("isrc", "X"),)
    with database.write() as session:
        eve, ann = making.user(session, "eve"), making.user(session, "ann")
        junk = Scrobble("Junk", "Nobody", MOMENT, youtube_id="a" * 11, also=known)
        scrobbling.submit(session, eve, [junk])
        scrobbling.submit(session, ann, [Scrobble("Jóga", "Björk", MOMENT, also=known)])
        (listen,) = session.exec(select(Event).where(Event.user_id == ann))
        assert session.get_one(Track, listen.track_id).title == "Jóga"


def test_many_are_recorded_in_one_go(database: Database) -> None:
    told = [Scrobble(f"Song {n % 7}", "Can", MOMENT + timedelta(minutes=n)) for n in range(250)]
    with database.write() as session:
        ann = making.user(session)
        scrobbling.submit(session, ann, told)
        assert (listening.count_listens(session, ann), len(_tracks(session))) == (250, 7)


def test_while_the_record_is_paused_not_even_tracks_are_added(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        listening.set_paused(session, ann, paused=True)
        scrobbling.submit(session, ann, [Scrobble("Jóga", "Björk", utc_now())])
        assert _tracks(session) == []


def test_of_what_was_kept_until_after_a_pause_only_the_rest_is_recorded(
    database: Database,
) -> None:
    with database.write() as session:
        ann = making.user(session)
        making.pause(session, ann, MOMENT, MOMENT + timedelta(hours=1))
        told = [
            Scrobble(title, "Björk", MOMENT + timedelta(minutes=after))
            for title, after in (("Jóga", -5), ("Hunter", 5), ("Isobel", 65))
        ]
        scrobbling.submit(session, ann, told)
        assert sorted(row.title for row in _tracks(session)) == ["Isobel", "Jóga"]
        assert listening.count_listens(session, ann) == 2


def test_a_new_song_that_many_scrobble_at_once_is_added_once(database: Database) -> None:
    with database.write() as session:
        users = [making.user(session, f"user {n}") for n in range(8)]

    def scrobble(user: int) -> None:
        told = [Scrobble("Jóga", "Björk", MOMENT), Scrobble("Isobel", "Björk", MOMENT)]
        database.transact(lambda session: scrobbling.submit(session, user, told))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(scrobble, users))
    with database.read() as session:
        assert len(_tracks(session)) == 2
        assert [listening.count_listens(session, user) for user in users] == [2] * 8
