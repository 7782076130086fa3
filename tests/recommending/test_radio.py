"""Radio: endless, varied, and it learns as it goes."""

import uuid
from collections.abc import Sequence

import pytest

from app import listening, playlists, recommending
from app.errors import (
    ArtistNotFound,
    InvalidInput,
    ListNotFound,
    PlaylistNotFound,
    TrackNotFound,
)
from app.listening import Listen
from app.models import Feedback, ListKind, Track
from app.recommending import Cursor, Seed, SeedKind
from app.served_log import PREDICTIONS, as_row
from tests import making
from tests.recommending.conftest import COUNT, EACH, World


def _radio(
    world: World,
    seed: Seed | None = None,
    first: int = 6,
    after: Cursor | None = None,
    *,
    bare: bool = False,
) -> tuple[list[int], Cursor]:
    """Ids of the next tracks, by default from the first track; and the cursor behind them."""
    seed = seed or Seed(SeedKind.TRACK, world.tracks[0])
    model, text = None if bare else world.model, str(after) if after else None
    with world.database.read() as session:
        radio = recommending.radio(session, model, world.ann, seed, text, first)
    assert radio.served.kind is ListKind.RADIO
    return [item.track.id for item in radio.served.items], radio.cursor


def _share(world: World, tracks: Sequence[int]) -> float:
    """Of the tracks, how many are of the first taste."""
    return sum(track in world.tracks[: COUNT // 2] for track in tracks) / len(tracks)


def _lean(world: World, seed: Seed) -> float:
    """The share of the first taste in several radios of a seed."""
    return _share(world, [track for _ in range(9) for track in _radio(world, seed, 3)[0]])


def _skip(world: World, *tracks: int) -> None:
    with world.database.write() as session:
        for track in tracks:
            listening.record_skip(session, world.ann, Listen(track))


@pytest.mark.parametrize("bare", [False, True])
def test_nothing_comes_again_until_all_else_was(world: World, *, bare: bool) -> None:
    queued, cursor = _radio(world, bare=bare)
    for _ in range(2):
        more, cursor = _radio(world, after=cursor, bare=bare)
        queued += more
    assert len(set(queued)) == len(queued) == 18
    assert world.tracks[0] not in queued


@pytest.mark.parametrize("bare", [False, True])
def test_it_never_ends(world: World, *, bare: bool) -> None:
    cursor = None
    last: list[int] = []
    for _ in range(6):
        queued, cursor = _radio(world, first=8, after=cursor, bare=bare)
        assert len(queued) == 8
        assert not set(queued[:4]) & set(last[-4:])
        last = queued


def test_it_starts_near_its_seed(world: World) -> None:
    assert _lean(world, Seed(SeedKind.TRACK, world.tracks[0])) > 0.9
    assert _lean(world, Seed(SeedKind.TRACK, world.tracks[-1])) < 0.1


def test_an_artists_radio_plays_the_artist_among_others(world: World) -> None:
    with world.database.read() as session:
        artist = session.get_one(Track, world.artist(1)[0]).artist_id
    assert _lean(world, Seed(SeedKind.ARTIST, artist)) > 0.9
    queued, _ = _radio(world, Seed(SeedKind.ARTIST, artist), first=10)
    assert 0 < len(set(queued) & set(world.artist(1))) < 5


def test_it_learns_from_skips_and_loves(world: World) -> None:
    queued, cursor = _radio(world)
    _skip(world, *queued[:3])
    for track in world.artist(4)[:2]:
        world.rate(track, Feedback.LOVED)
    assert _share(world, _radio(world, after=cursor)[0]) < 0.5


def test_without_a_model_an_artist_that_was_skipped_comes_last(world: World) -> None:
    queued, cursor = _radio(world, first=3, bare=True)
    skipped = queued[0]
    _skip(world, skipped)
    number = world.tracks.index(skipped) // EACH
    following, _ = _radio(world, first=10, after=cursor, bare=True)
    assert not set(following) & set(world.artist(number))


@pytest.mark.parametrize("bare", [False, True])
def test_what_is_disliked_or_was_just_heard_does_not_come(world: World, *, bare: bool) -> None:
    world.rate(world.tracks[1], Feedback.DISLIKED)
    with world.database.write() as session:
        listening.record_listen(session, world.ann, Listen(world.tracks[4]))
    queued, _ = _radio(world, first=20, bare=bare)
    assert not set(queued) & {world.tracks[1], world.tracks[4]}


def test_a_list_that_was_served_goes_on_as_a_radio(world: World) -> None:
    world.listen(world.tracks[12])
    with world.database.write() as session:
        served = recommending.recommend(
            session, world.model, world.ann, recommending.Dials(first=5)
        )
        session.connection().execute(PREDICTIONS.insert(), as_row(served))
    seed = Seed(SeedKind.LIST, served.id)
    queued, _ = _radio(world, seed)
    assert not set(queued) & {item.track.id for item in served.items}
    assert _lean(world, seed) < 0.1


def _playlist(world: World, tracks: Sequence[int], user_id: int | None = None) -> Seed:
    with world.database.write() as session:
        number = playlists.create(session, user_id or world.ann, "Mine", tracks)
    return Seed(SeedKind.PLAYLIST, number)


@pytest.mark.parametrize("bare", [False, True])
def test_a_playlist_goes_on_as_a_radio_of_other_tracks(world: World, *, bare: bool) -> None:
    own = [*world.artist(4), world.artist(5)[0]]
    seed = _playlist(world, own)
    queued, cursor = _radio(world, seed, bare=bare)
    more, _ = _radio(world, seed, after=cursor, bare=bare)
    assert len(set(queued + more) - set(own)) == 12
    if not bare:
        assert _lean(world, seed) < 0.1


def test_a_long_playlist_counts_from_end_to_end_and_none_of_it_comes(world: World) -> None:
    with world.database.write() as session:
        added = [making.track(session, f"Added {n}", "Artist 0") for n in range(60)]
    seed = _playlist(world, [*added, *world.artist(5)])
    radios = [_radio(world, seed)[0] for _ in range(9)]
    assert not {track for queued in radios for track in queued} & {*added, *world.artist(5)}
    assert any(_share(world, queued) < 0.5 for queued in radios)


@pytest.mark.parametrize("bare", [False, True])
def test_a_playlist_of_all_that_there_is_plays_that(world: World, *, bare: bool) -> None:
    seed = _playlist(world, world.tracks)
    queued, cursor = _radio(world, seed, bare=bare)
    more, _ = _radio(world, seed, after=cursor, bare=bare)
    assert (len(set(queued)), len(set(more))) == (6, 6)


def test_an_empty_playlist_plays_what_is_known_best(world: World) -> None:
    queued, _ = _radio(world, _playlist(world, []))
    assert set(queued) <= set(world.tracks)
    assert len(set(queued)) == 6


def test_a_playlist_of_somebody_else_is_not_found(world: World) -> None:
    with world.database.write() as session:
        bob = making.user(session, "bob")
    with pytest.raises(PlaylistNotFound):
        _radio(world, _playlist(world, world.artist(1), bob))


def test_a_track_that_the_model_does_not_know_leads_to_its_artists(world: World) -> None:
    with world.database.write() as session:
        newer = making.track(session, "Newer", "Artist 4")
        alone = making.track(session, "Alone", "Nobody Else")
    assert _lean(world, Seed(SeedKind.TRACK, newer)) < 0.1
    assert len(_radio(world, Seed(SeedKind.TRACK, alone))[0]) == 6


def test_what_does_not_exist_is_named(world: World) -> None:
    missing = str(uuid.uuid4())
    for seed, error in (
        (Seed(SeedKind.TRACK, 2**30), TrackNotFound),
        (Seed(SeedKind.ARTIST, 2**30), ArtistNotFound),
        (Seed(SeedKind.PLAYLIST, 2**30), PlaylistNotFound),
        (Seed(SeedKind.LIST, missing), ListNotFound),
    ):
        with pytest.raises(error):
            _radio(world, seed)


def test_a_cursor_of_another_radio_is_refused(world: World) -> None:
    _, cursor = _radio(world)
    with pytest.raises(InvalidInput, match="after"):
        _radio(world, Seed(SeedKind.TRACK, world.tracks[1]), after=cursor)
