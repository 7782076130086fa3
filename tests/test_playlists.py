"""A listener's own playlists: nobody else reaches them, and places stay in order."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from app import playlists
from app.db import Database
from app.errors import InvalidInput, PlaylistChanged, PlaylistNotFound, TrackNotFound
from app.playlists import Place
from tests import making


def _world(session: Session) -> tuple[int, list[int], int]:
    """A listener, tracks, and a playlist of three of them."""
    ann, tracks = making.user(session), making.tracks(session, 4)
    return ann, tracks, playlists.create(session, ann, " Sunday ", tracks[:3])


def test_a_playlist_is_kept_in_its_order(database: Database) -> None:
    with database.write() as session:
        ann, (a, b, c, d), number = _world(session)
        assert playlists.playlist(session, ann, number) == playlists.Summary(number, "Sunday", 3)
        playlists.add_tracks(session, ann, number, [d, a])
        assert playlists.track_ids(session, number) == [a, b, c, d, a]
        playlists.move(session, ann, number, 4, d, to=1)
        playlists.move(session, ann, number, 2, a, to=99)
        assert playlists.track_ids(session, number) == [d, b, c, a, a]
        playlists.take_out(session, ann, number, 4, a)
        assert playlists.places(session, number, 2, Place(1, d)) == [(2, b), (3, c)]
        playlists.rename(session, ann, number, "Monday")
        assert playlists.playlist(session, ann, number) == playlists.Summary(number, "Monday", 4)
        playlists.remove(session, ann, number)
        assert playlists.count_playlists(session, ann) == 0


def test_a_place_is_found_again_wherever_its_track_went(database: Database) -> None:
    with database.write() as session:
        ann, (a, b, c, d), number = _world(session)
        playlists.add_tracks(session, ann, number, [d, a])

        def behind(position: int, track: int) -> list[int]:
            found = playlists.places(session, number, behind=Place(position, track))
            return [place.track_id for place in found]

        assert behind(2, b) == [c, d, a]
        playlists.move(session, ann, number, 5, a, to=1)
        assert playlists.track_ids(session, number) == [a, a, b, c, d]
        assert behind(2, b) == [c, d], "it has moved down"
        assert behind(1, a) == [a, b, c, d], "the nearer of two"
        playlists.take_out(session, ann, number, 3, b)
        assert behind(3, b) == [c, d], "what followed has moved up"
        assert behind(99, b) == []


def test_the_newest_playlist_comes_first(database: Database) -> None:
    with database.write() as session:
        ann, _, first = _world(session)
        second = playlists.create(session, ann, "Monday")
        bobs = playlists.create(session, making.user(session, "bob"), "Bob's")
        assert [one.id for one in playlists.playlists(session, ann, 9)] == [second, first]
        assert [one.id for one in playlists.playlists(session, ann, 9, second)] == [first]
        assert playlists.playlists_by_id(session, ann, [bobs, second])[0] is None


def test_it_is_known_in_which_playlists_a_track_stands(database: Database) -> None:
    with database.write() as session:
        ann, (a, b, *_, d), first = _world(session)
        second = playlists.create(session, ann, "Monday", [a, a])
        playlists.create(session, making.user(session, "bob"), "Bob's", [a, d])
        held = [playlists.holding(session, ann, track) for track in (a, b, d)]
        assert held == [{first, second}, {first}, set()]


def test_another_listeners_playlist_is_not_there(database: Database) -> None:
    with database.write() as session:
        _, (a, *_), number = _world(session)
        bob = making.user(session, "bob")
        for act in (
            lambda: playlists.playlist(session, bob, number),
            lambda: playlists.rename(session, bob, number, "Mine"),
            lambda: playlists.remove(session, bob, number),
            lambda: playlists.add_tracks(session, bob, number, [a]),
            lambda: playlists.take_out(session, bob, number, 1, a),
            lambda: playlists.move(session, bob, number, 1, a, 2),
        ):
            with pytest.raises(PlaylistNotFound):
                act()


def test_what_cannot_be_is_refused_and_changes_nothing(database: Database) -> None:
    with database.write() as session:
        ann, tracks, number = _world(session)
        for name in ("", " ", "x" * 201, "a\nb", "\ud800"):
            with pytest.raises(InvalidInput, match="name"):
                playlists.create(session, ann, name)
        with pytest.raises(TrackNotFound):
            playlists.add_tracks(session, ann, number, [tracks[0], tracks[3] + 1000])
        _check_too_many(session, ann, number, tracks[0])
        with pytest.raises(InvalidInput, match="to: must be 1 or more"):
            playlists.move(session, ann, number, 1, tracks[0], 0)
        for position in (0, 2, 4):
            with pytest.raises(PlaylistChanged):
                playlists.take_out(session, ann, number, position, tracks[0])
        assert playlists.track_ids(session, number) == tracks[:3]


def test_tracks_added_at_once_are_all_there(database: Database) -> None:
    with database.write() as session:
        ann, (a, *_), number = _world(session)

    def add(_: int) -> None:
        database.transact(lambda session: playlists.add_tracks(session, ann, number, [a, a]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    with database.read() as session:
        assert len(playlists.track_ids(session, number)) == 3 + 32


def _check_too_many(session: Session, ann: int, number: int, track: int) -> None:
    """Of one call, or of the playlist: it is said how many are the most of which."""
    with pytest.raises(InvalidInput, match="trackIds: must be at most 1000, are 1001") as refused:
        playlists.add_tracks(session, ann, number, [track] * 1001)
    assert refused.value.more == {"given": 1001, "most": 1000}
    full = playlists.create(session, ann, "Nearly full", [track] * 1000)
    playlists.add_tracks(session, ann, full, [track] * 500)
    with pytest.raises(InvalidInput, match="trackIds: must be at most 2000 in") as refused:
        playlists.add_tracks(session, ann, full, [track] * 501)
    assert refused.value.more == {"given": 2001, "most": 2000}
    assert len(playlists.track_ids(session, full)) == 1500
