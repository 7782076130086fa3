"""Why a track is recommended: the tracks of the history that gave most to its score."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sqlalchemy import event
from sqlmodel import Session

from app import listening, recommending
from app.listening import Listen
from app.ml.ease import Ease
from app.ml.factor_model import FactorModel
from app.ml.recommender import History
from app.models import Feedback
from app.placing import Placing
from tests import making
from tests.recommending.conftest import COUNT, World


def _reasons(session: Session, world: World, track: int) -> list[int]:
    found = recommending.reasons(session, world.model, world.ann, track)
    given = [reason.contribution for reason in found]
    assert given == sorted(given, reverse=True)
    assert all(contribution > 0 for contribution in given)
    return [reason.track.id for reason in found]


def test_reasons_are_the_tracks_that_gave_most(world: World) -> None:
    own, others = world.artist(4), world.artist(0)
    world.listen(own[0], times=9)
    world.listen(own[1], others[0])
    world.rate(own[3], Feedback.DISLIKED)
    with world.database.read() as session:
        assert _reasons(session, world, own[2]) == [own[0], own[1]]


def test_without_history_or_model_there_are_no_reasons(world: World) -> None:
    with world.database.write() as session:
        assert _reasons(session, world, world.tracks[0]) == []
        assert recommending.reasons(session, None, world.ann, world.tracks[0]) == []
        newer = making.track(session, "Newer")
        listening.record_listen(session, world.ann, Listen(world.tracks[0]))
        assert _reasons(session, world, newer) == []


def test_what_is_disliked_is_no_reason_even_where_it_speaks_for_a_track(world: World) -> None:
    """Tracks 0 and 1 shut each other out, so that a dislike of one adds to the other's score."""
    weights = np.zeros((COUNT, COUNT), np.float32)
    weights[0, 1] = weights[1, 0] = -0.5
    weights[2, 1] = 0.25
    model = replace(world.model, recommender=Ease(csr_matrix(weights), {}))
    world.rate(world.tracks[0], Feedback.DISLIKED)
    with world.database.read() as session:
        assert recommending.reasons(session, model, world.ann, world.tracks[1]) == []
    world.listen(world.tracks[2])
    with world.database.read() as session:
        (reason,) = recommending.reasons(session, model, world.ann, world.tracks[1])
    assert reason.track.id == world.tracks[2]


def test_the_listener_is_folded_in_once_for_the_reasons_of_a_whole_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded, system = [], FactorModel._system

    def fold(model: FactorModel, history: History) -> NDArray[np.float64]:
        folded.append(len(history))
        return system(model, history)

    monkeypatch.setattr(FactorModel, "_system", fold)
    world.listen(world.tracks[12], world.tracks[0])
    with world.database.write() as session:
        new = making.track(session, "New", "Artist 4")
        placed = Placing().placed(session, world.model)
        found = recommending.reasons_of(session, placed, world.ann, [*world.tracks[1:12], new])
    assert all(found.values())
    assert len(folded) == 1


def test_the_reasons_of_a_whole_list_take_three_queries(world: World) -> None:
    world.listen(world.tracks[12], world.tracks[0])
    asked: list[str] = []
    with world.database.read() as session:
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda *arguments: asked.append(arguments[2]),
        )
        found = recommending.reasons_of(session, world.model, world.ann, world.tracks[1:12])
    assert all(found[track] for track in world.tracks[1:12])
    assert len(asked) == 3
