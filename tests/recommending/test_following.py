"""Lists follow the catalogue before any training: what is gone, merged away or corrected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session

from app import changes, editing, recommending
from app.editing import Correction
from app.ml.model_slot import LoadedModel, ModelSlot
from app.models import Artist, Track
from app.placing import Placing
from app.recommending import Dials, Seed, SeedKind, ServedList
from tests.recommending.conftest import World

FIRST = 5
Ask = Callable[[Session, LoadedModel, World], ServedList | None]


@pytest.fixture
def slot(world: World) -> ModelSlot:
    """What is served before anything changes."""
    slot = ModelSlot()
    slot.swap(world.model)
    return slot


@contextmanager
def _edited(world: World, slot: ModelSlot) -> Iterator[Session]:
    """Edit the catalogue; then the served model follows."""
    placing = Placing()
    with world.database.read() as session:
        placing.renew(session, slot)
    with world.database.write() as session:
        yield session
    with world.database.read() as session:
        placing.renew(session, slot)


def _remove_the_best(world: World, slot: ModelSlot) -> set[int]:
    """Of those that the listener is to like, an artist goes, and one track into the next."""
    merged, kept, *_ = world.artist(4)
    with _edited(world, slot) as session:
        for track in world.artist(3):
            session.delete(session.get_one(Track, track))
        session.flush()
        session.delete(session.get_one(Artist, world.artists[3]))
        changes.note(session, world.artist(3), [world.artists[3]])
        editing.merge_track(session, merged, kept, "root")
    return {*world.artist(3), merged}


def _listed(served: ServedList | None) -> list[int]:
    return [item.track.id for item in served.items] if served else []


def _own(**dials: float) -> Ask:
    asked = Dials(first=FIRST, discovery=dials.get("discovery"), diversity=dials.get("diversity"))
    return lambda session, model, world: recommending.recommend(session, model, world.ann, asked)


def _similar(session: Session, model: LoadedModel, world: World) -> ServedList:
    return recommending.similar_tracks(session, model, world.ann, world.tracks[-1], FIRST)


def _radio(session: Session, model: LoadedModel, world: World) -> ServedList:
    seed = Seed(SeedKind.TRACK, world.tracks[-1])
    return recommending.radio(session, model, world.ann, seed, first=FIRST).served


def _unmet(session: Session, model: LoadedModel, world: World) -> ServedList | None:
    return recommending.by_unmet_artists(session, model, world.ann, 4)


ASKED: dict[str, tuple[Ask, int]] = {
    "recommended": (_own(), FIRST),
    "new and familiar": (_own(discovery=1), FIRST),
    "diverse": (_own(diversity=0.5), FIRST),
    "similar": (_similar, FIRST),
    "radio": (_radio, FIRST),
    "unmet artists": (_unmet, 4),
}


def test_what_is_gone_or_merged_away_takes_no_place_in_a_list(
    world: World, slot: ModelSlot
) -> None:
    world.listen(*world.tracks[-2:])
    gone = _remove_the_best(world, slot)
    assert slot.model
    with world.database.read() as session:
        listed = {
            kind: _listed(ask(session, slot.model, world)) for kind, (ask, _) in ASKED.items()
        }
    assert {kind: len(ids) for kind, ids in listed.items()} == {
        kind: length for kind, (_, length) in ASKED.items()
    }
    assert not {kind for kind, ids in listed.items() if gone & set(ids)}


def test_nor_in_that_of_somebody_without_a_past(world: World, slot: ModelSlot) -> None:
    with _edited(world, slot) as session:
        for track in world.tracks[:8]:
            session.delete(session.get_one(Track, track))
        changes.note(session, world.tracks[:8])
    with world.database.read() as session:
        served = recommending.recommend(session, slot.model, world.ann, Dials(first=8))
    assert _listed(served) == world.tracks[8:16]


def test_nor_among_the_artists_near_one(world: World, slot: ModelSlot) -> None:
    _remove_the_best(world, slot)
    with world.database.read() as session:
        near = recommending.similar_artists(session, slot.model, world.artists[5], 1)
    assert [one.artist.id for one in near] == [world.artists[4]]


def test_what_a_removed_track_was_is_not_said_to_anybody(world: World, slot: ModelSlot) -> None:
    """A new track is mixed of what there is, and a picked artist speaks through what there is."""
    _remove_the_best(world, slot)
    with _edited(world, slot) as session:
        new = Track(title="New", artist_id=world.artists[4], search_key=" new")
        session.add(new)
        session.flush()
        number = new.id
    assert slot.model
    assert slot.model.mixtures
    assert number
    (position,) = slot.model.tracks.known([number])
    parents, _ = slot.model.mixtures.parents(int(position))
    assert set(world.model.tracks.ids[parents]) == set(world.artist(4)[1:])


def test_a_merge_that_is_taken_back_brings_its_track_back(world: World, slot: ModelSlot) -> None:
    merged, kept = world.tracks[:2]
    with _edited(world, slot) as session:
        editing.merge_track(session, merged, kept, "root")
    with _edited(world, slot) as session:
        editing.separate_track(session, merged, "root")
    with world.database.read() as session:
        served = recommending.recommend(session, slot.model, world.ann, Dials(first=2))
    assert _listed(served) == [merged, kept]


def test_merged_artists_are_one_for_what_is_left_out_and_for_the_cap(
    world: World, slot: ModelSlot
) -> None:
    world.listen(world.tracks[-1])
    with _edited(world, slot) as session:
        editing.merge_artist(session, world.artists[3], world.artists[4], "root")
    both = {*world.artist(3), *world.artist(4)}
    without = Dials(first=24, exclude_artists=[world.artists[4]])
    with world.database.read() as session:
        left = recommending.recommend(session, slot.model, world.ann, without)
        capped = recommending.recommend(session, slot.model, world.ann, Dials(24, None, 1))
    assert not both & set(_listed(left))
    assert len(both & set(_listed(capped))) == 1
    assert len(_listed(capped)) == 5


def test_a_pick_speaks_through_the_tracks_of_all_that_was_merged_into_its_artist(
    world: World, slot: ModelSlot
) -> None:
    with world.database.write() as session:
        recommending.start_with(session, world.ann, [world.artists[1]])
    with _edited(world, slot) as session:
        editing.merge_artist(session, world.artists[1], world.artists[5], "root")
    with world.database.read() as session:
        served = recommending.recommend(session, slot.model, world.ann, Dials(first=4))
        (reason,) = recommending.reasons(session, slot.model, world.ann, served.items[0].track.id)
    assert reason.is_pick
    assert reason.track.id in world.artist(1)


def test_a_corrected_artist_is_whom_the_cap_counts(world: World, slot: ModelSlot) -> None:
    said = Correction(title="Song 0", artist="Artist 1")
    with _edited(world, slot) as session:
        editing.edit_track(session, world.tracks[0], said, "root")
    capped = Dials(first=6, max_per_artist=1)
    with world.database.read() as session:
        listed = _listed(recommending.recommend(session, slot.model, world.ann, capped))
    assert listed[0] == world.tracks[0]
    assert not set(world.artist(1)) & set(listed)
    assert world.artist(0)[1] in listed


def test_an_artist_to_start_with_who_was_merged_is_offered_as_the_other(
    world: World, slot: ModelSlot
) -> None:
    with _edited(world, slot) as session:
        editing.merge_artist(session, world.artists[0], world.artists[5], "root")
    with world.database.read() as session:
        offered = recommending.artists_to_start_with(
            session, slot.model, 5, [world.artists[0], world.artists[5]]
        )
    ids = [one.id for one in offered]
    assert ids[0] == world.artists[5]
    assert sorted(ids) == sorted(world.artists[1:])
