"""A radio's scores and its order, on vectors made by hand."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from app.ml.als import Als, AlsSettings, gram_of
from app.ml.radio import radio_scores, varied
from app.ml.recommender import Floats, History
from app.ml.vocabulary import Positions

NOTHING = History(np.zeros(0, np.intp), np.zeros(0, np.float32))
NONE = np.zeros(0, np.intp)


@pytest.fixture
def model() -> Als:
    """Three tastes of ten items; those of the second and third lie near the first by halves."""
    taste = np.repeat(np.eye(3, dtype=np.float32), 10, axis=0)
    taste[10:15, 0] = taste[20:25, 0] = 0.7
    return Als(taste, gram_of(taste), AlsSettings(factors=3, regularization=1.0))


def _at(*items: int) -> Positions:
    return np.array(items, dtype=np.intp)


def _done(items: Positions, strength: float) -> History:
    return History(items, np.full(len(items), strength, np.float32))


def _mean(scores: Floats, first: int) -> float:
    return float(scores[first : first + 5].mean())


def test_what_is_near_the_seed_comes_first(model: Als) -> None:
    scores = radio_scores(model, _at(0), NOTHING, NOTHING)
    assert scores[:10].min() > scores[10:].max()


def test_a_skip_turns_away_from_its_kind_and_a_listen_towards_it(model: Als) -> None:
    before = radio_scores(model, _at(0), NOTHING, NOTHING)
    assert _mean(before, 10) == pytest.approx(_mean(before, 20), abs=1e-5)
    skipped = radio_scores(model, _at(0), _done(_at(10), -1), NOTHING)
    assert _mean(skipped, 10) < _mean(skipped, 20) - 0.3
    played = radio_scores(model, _at(0), _done(_at(10), 1), NOTHING)
    assert _mean(played, 10) > _mean(played, 20) + 0.3


def test_the_same_seed_leans_to_each_listeners_taste(model: Als) -> None:
    taste = _done(_at(25, 26), 1)
    scores = radio_scores(model, _at(0), NOTHING, taste)
    assert scores[:10].min() > scores[10:].max()
    assert _mean(scores, 20) > _mean(scores, 10)


def _order(first: int, seed: int, before: list[int] | None = None) -> list[int]:
    scores = np.arange(100, 0, -1, dtype=np.float32)
    artists = np.arange(100) // 10
    rng = np.random.default_rng(seed)
    chosen = varied(scores, first, artists, excluded=_at(0), before=before or [], rng=rng)
    assert 0 not in chosen
    assert len(set(chosen.tolist())) == len(chosen)
    return [int(artists[item]) for item in chosen]


def test_no_artist_comes_twice_in_a_row_and_others_are_let_in_between() -> None:
    gaps = []
    for seed in range(20):
        artists = _order(15, seed, before=[0])
        assert artists[0] != 0
        assert all(one != other for one, other in pairwise(artists))
        gaps += [n - m for m, n in combinations(range(15), 2) if artists[m] == artists[n]]
    assert gaps.count(2) < 2 * 20


def test_each_draw_is_another_and_the_same_draw_is_the_same() -> None:
    assert _order(10, 1) == _order(10, 1)
    assert len({tuple(_order(10, seed)) for seed in range(10)}) > 5


def test_an_artist_alone_is_no_reason_for_silence() -> None:
    scores = np.arange(6, 0, -1, dtype=np.float32)
    rng = np.random.default_rng(0)
    chosen = varied(scores, 4, np.zeros(6, np.int64), excluded=NONE, before=[0], rng=rng)
    assert len(chosen) == 4
