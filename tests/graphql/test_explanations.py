"""How a score came about: what is told of it sums to it, by whatever it was made."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app import catalog, listening, recommending
from app.listening import Listen
from app.ml.algorithms import ALGORITHMS
from app.ml.model_slot import LoadedModel
from app.ml.newcomers import with_newcomers
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Feedback
from app.models.columns import utc_now
from tests.graphql.conftest import ARTISTS, LISTENER, OTHER, TRACKS_EACH, Door
from tests.ml.test_contract import SMALL

WHY = """
query ($discovery: Float, $first: Int) {
  recommendations(first: 12, discovery: $discovery) {
    modelVersion
    items {
      score
      track { id }
      reasons(first: 10) { contribution }
      explanation(first: $first) {
        base rest score contributions { contribution isPick track { id title } }
      }
    }
  }
}
"""
TRACKS = len(ARTISTS) * TRACKS_EACH
FITTED = TRACKS - 3
"""The last ones are new: nobody has heard them."""


def _model(algorithm: str, version: int) -> LoadedModel:
    """Of listeners of two tastes, by a recipe that fades."""
    rng = np.random.default_rng(3)
    who, what = np.indices((60, FITTED))
    heard = rng.random((60, FITTED)) < np.where(who % 2 == what * 2 // FITTED, 0.5, 0.1)
    matrix = csr_matrix(heard * rng.integers(1, 5, heard.shape), dtype=np.float32)
    kind = ALGORITHMS[algorithm]
    return LoadedModel(
        version=version,
        recommender=kind.fit(matrix, SMALL[algorithm], seed=0, report=lambda _: None),
        weigher=Weigher(Weighting.LOG, half_life_days=30.0),
        tracks=Vocabulary.of(1 + np.arange(FITTED)),
        artist_ids=1 + np.arange(FITTED) // TRACKS_EACH,
        popularity=heard.mean(axis=0).astype(np.float32),
    )


@pytest.fixture
def past(door: Door) -> Door:
    """The listener has done everything there is to do, and picked an artist."""
    with door.state.database.write() as session:
        for track, times in ((3, 2), (17, 5), (28, 1), (29, 3)):
            for minutes in range(times):
                moment = utc_now() - timedelta(minutes=minutes)
                listening.record_listen(session, LISTENER, Listen(track, moment))
        listening.record_skip(session, LISTENER, Listen(9))
        listening.set_feedback(session, LISTENER, 12, Feedback.DISLIKED)
        listening.set_feedback(session, LISTENER, 21, Feedback.LOVED)
        recommending.start_with(session, LISTENER, [5])
    return door


def _served(door: Door, **variables: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = door.ask(WHY, **variables)["recommendations"]["items"]
    return items


def _error(item: dict[str, Any]) -> float:
    """What is told of a score against the score that was served, relative."""
    told = item["explanation"]
    given = [reason["contribution"] for reason in told["contributions"]]
    off = abs(told["base"] + sum(given) + told["rest"] - item["score"])
    worst = max(off, abs(told["score"] - item["score"]))
    return float(worst / abs(item["score"]))


def test_base_contributions_and_rest_sum_to_the_score_of_every_algorithm(past: Door) -> None:
    past.state.follower.stop()
    with past.state.database.read() as session:
        every = catalog.catalogue_behind(session, 0)
    errors = {}
    for version, algorithm in enumerate(sorted(ALGORITHMS), start=1):
        past.state.slot.swap(with_newcomers(_model(algorithm, version), every))
        items = _served(past, first=2) + _served(past, first=10, discovery=0.5)
        errors[algorithm] = max(_error(item) for item in items)
        if algorithm != "popularity":
            assert any(item["explanation"]["contributions"] for item in items)
    assert {name: error for name, error in errors.items() if error > 1e-5} == {}


def test_fewer_contributions_leave_more_to_the_rest(past: Door) -> None:
    past.state.follower.stop()
    past.state.slot.swap(_model("ease", 1))
    few, many = _served(past, first=1), _served(past, first=10)
    for one, other in zip(few, many, strict=True):
        least, most = one["explanation"], other["explanation"]
        given = [reason["contribution"] for reason in most["contributions"]]
        assert given == [reason["contribution"] for reason in other["reasons"]]
        (first,) = least["contributions"]
        assert first["track"] == most["contributions"][0]["track"]
        # A moment lies between the two answers, in which listens fade.
        assert first["contribution"] == pytest.approx(given[0], rel=1e-5)
        assert least["rest"] == pytest.approx(most["rest"] + sum(given[1:]), rel=1e-5, abs=1e-5)
    assert any(item["explanation"]["rest"] < 0 for item in many)


@pytest.mark.parametrize("has_model", [False, True])
def test_popularity_is_all_base(door: Door, *, has_model: bool) -> None:
    door.state.follower.stop()
    if has_model:
        door.state.slot.swap(_model("als", 1))
    items = door.ask(WHY, OTHER, first=3)["recommendations"]["items"]
    assert len(items) == 12
    for item in items:
        told = item["explanation"]
        assert (told["base"], told["score"]) == (item["score"], item["score"])
        assert (told["rest"], told["contributions"]) == (0, [])
