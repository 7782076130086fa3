"""New tracks take their place in the served model while it is served."""

import pytest

from app import changes, listening, recommending
from app.db import Database
from app.listening import Listen
from app.ml.model_slot import ModelSlot
from app.models import Track
from app.placing import Placing
from app.recommending import Dials
from tests import making
from tests.recommending.conftest import World, world  # noqa: F401  a fixture


@pytest.fixture
def slot(world: World) -> ModelSlot:  # noqa: F811
    slot = ModelSlot()
    slot.swap(world.model)
    return slot


def _renew(placing: Placing, database: Database, slot: ModelSlot) -> None:
    with database.read() as session:
        placing.renew(session, slot)


def _listed(world: World, slot: ModelSlot) -> list[int]:  # noqa: F811
    with world.database.read() as session:
        served = recommending.recommend(session, slot.model, world.ann, Dials(first=30))
    return [item.track.id for item in served.items]


def test_a_new_track_of_a_liked_artist_is_recommended_before_any_training(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    placing = Placing()
    _renew(placing, world.database, slot)
    assert slot.model is world.model, "nothing is new"
    world.listen(world.artist(4)[0])
    with world.database.write() as session:
        liked = making.track(session, "New", "Artist 4", genre="kraut", year=1975)
        other = making.track(session, "New too", "Artist 0")
        strange = making.track(session, "Strange", "Nobody Else")
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert slot.model.version == world.model.version
    assert not slot.model.has_met(liked)
    assert slot.model.has_met(world.tracks[0])
    listed = _listed(world, slot)
    assert listed.index(liked) < 12 <= listed.index(other), "twelve are to the listener's taste"
    assert strange not in listed


def test_it_is_near_its_artists_tracks_and_they_are_near_it(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    with world.database.write() as session:
        new = making.track(session, "New", "Artist 4")
    _renew(Placing(), world.database, slot)
    with world.database.read() as session:
        near = recommending.similar_tracks(session, slot.model, world.ann, new, 8)
        back = recommending.similar_tracks(session, slot.model, world.ann, world.artist(4)[0], 24)
    assert {item.track.id for item in near.items} <= set(world.tracks[12:])
    places = {item.track.id: item.position for item in back.items}
    assert places[new] < places[world.tracks[0]]


def test_its_score_adds_up_and_its_play_counts_at_once(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    with world.database.write() as session:
        new = making.track(session, "New", "Artist 4")
        listening.record_listen(session, world.ann, Listen(new))
    _renew(Placing(), world.database, slot)
    assert set(_listed(world, slot)[:8]) <= set(world.tracks[12:])
    with world.database.read() as session:
        (reason,) = recommending.reasons(session, slot.model, world.ann, world.artist(5)[0])
    assert reason.track.id == new


def test_the_catalogue_grows_again_and_the_model_changes(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    placing = Placing()
    with world.database.write() as session:
        first = making.track(session, "New", "Artist 4")
    _renew(placing, world.database, slot)
    before = slot.model
    _renew(placing, world.database, slot)
    assert slot.model is before, "nothing came since"
    with world.database.write() as session:
        second = making.track(session, "Newer", "Artist 4")
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert len(slot.model.tracks.known([first, second])) == 2
    slot.swap(world.model)
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert len(slot.model.tracks.known([first, second])) == 2


def test_a_track_is_found_whose_transaction_took_longer_than_a_later_ones(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    placing = Placing()
    with world.database.write() as session:
        making.track(session, "New", "Artist 4", id=world.tracks[-1] + 1000)
    _renew(placing, world.database, slot)
    with world.database.write() as session:
        late = making.track(session, "Late", "Artist 4", id=world.tracks[-1] + 500)
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert len(slot.model.tracks.known([late])) == 1


def test_what_is_corrected_takes_its_new_place_and_what_is_removed_loses_it(
    world: World,  # noqa: F811
    slot: ModelSlot,
) -> None:
    placing = Placing()
    with world.database.write() as session:
        removed = making.track(session, "New", "Artist 4")
        strange = making.track(session, "Strange", "Nobody Else")
    _renew(placing, world.database, slot)
    with world.database.write() as session:
        session.delete(session.get_one(Track, removed))
        corrected = session.get_one(Track, strange)
        corrected.artist_id = session.get_one(Track, world.artist(4)[0]).artist_id
        changes.note(session, tracks=[strange])
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert slot.model.tracks.positions([removed]) == [-1]
    assert slot.model.artist_ids[slot.model.tracks.known([strange])] == [corrected.artist_id]


def test_what_is_known_of_the_model_is_not_worked_out_again_for_a_later_track(
    world: World,  # noqa: F811
    slot: ModelSlot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placing = Placing()
    with world.database.write() as session:
        making.track(session, "New", "Artist 4")
    _renew(placing, world.database, slot)
    monkeypatch.setattr("app.placing.Newcomers", None)
    with world.database.write() as session:
        later = making.track(session, "Newer", "Artist 4")
    _renew(placing, world.database, slot)
    assert slot.model is not None
    assert len(slot.model.tracks.known([later])) == 1
