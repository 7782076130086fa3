"""How doings are weighed with regard to time and to others."""

from math import log

import numpy as np
import pytest

from app.ml.interactions import Interactions, concatenate, history_of, weighed, weigher_of
from app.ml.popularity import popularity_of
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher, rarity_of
from app.ml.weighting import Weighting, fading, weigh

DAY = 86_400.0
NOW = 1_000 * DAY
NAN = float("nan")


def pairs(*rows: tuple[float, ...]) -> Interactions:
    """Rows of listener, track, plays, skips, feedback, days before NOW."""
    table = np.array(rows, dtype=np.float64)
    table[:, 5] = NOW - DAY * table[:, 5]
    return concatenate([table])


def strengths(weigher: Weigher, listens: Interactions, as_of: float | None = NOW) -> list[float]:
    tracks = Vocabulary.of(listens.track_ids)
    positions = tracks.positions(listens.track_ids)
    found = weigher.strengths(
        listens.doings, positions, as_of=as_of, listeners=listens.listener_ids
    )
    return [float(value) for value in found]


def test_a_half_life_takes_half_of_all_but_a_tenth() -> None:
    moments = NOW - DAY * np.array([0, 30, 60, 1e6])
    assert fading(moments, NOW, 30).tolist() == pytest.approx([1, 0.55, 0.325, 0.1])


def test_what_has_no_date_or_lies_ahead_does_not_fade() -> None:
    assert fading(np.array([NAN, NOW + DAY]), NOW, 30).tolist() == [1, 1]


def test_old_listens_weigh_less_in_the_same_way_whatever_plays_become() -> None:
    listens = pairs((1, 1, 7, 0, 0, 0), (1, 2, 7, 0, 0, 30))
    for weighting in Weighting:
        new, old = strengths(Weigher(weighting, 30), listens)
        assert old == pytest.approx(0.55 * new)


def test_love_and_dislike_do_not_fade_and_skips_count_as_ever() -> None:
    listens = pairs((1, 1, 1, 0, 1, 900), (1, 2, 1, 0, -1, 900), (1, 3, 1, 3, 0, 900))
    assert strengths(Weigher(Weighting.BINARY, 30), listens) == [2, -1, -0.5]


def test_without_a_half_life_no_moment_is_needed_and_with_one_the_clock_is_not_asked() -> None:
    listens = pairs((1, 1, 1, 0, 0, 900))
    assert strengths(Weigher(), listens, as_of=None) == [1]
    with pytest.raises(ValueError, match="as of when"):
        strengths(Weigher(Weighting.BINARY, 30), listens, as_of=None)


def test_the_moment_is_an_argument_and_later_ones_fade_more() -> None:
    listens = pairs((1, 1, 1, 0, 0, 0))
    weigher = Weigher(Weighting.BINARY, 30)
    ages = [strengths(weigher, listens, as_of=NOW + days * DAY)[0] for days in (0, 30, 60)]
    assert ages == pytest.approx([1, 0.55, 0.325])


def test_undated_pairs_never_fade() -> None:
    undated = concatenate([np.array([[1.0, 1, 1, 0, 0]])])
    assert undated.latest() is None
    assert strengths(Weigher(Weighting.BINARY, 1), undated, as_of=None) == [1]
    without = pairs((1, 1, 1, 0, 0, NAN), (2, 1, 3, 0, 0, NAN))
    assert without.latest() is None
    assert strengths(Weigher(Weighting.BINARY, 1), without, as_of=None) == [1, 1]


def test_the_last_listen_is_the_newest_dated_one() -> None:
    listens = pairs((1, 1, 1, 0, 0, 5), (2, 1, 1, 0, 0, 2), (2, 2, 1, 0, 0, NAN))
    assert listens.latest() == NOW - 2 * DAY


@pytest.mark.parametrize("weighting", list(Weighting))
@pytest.mark.parametrize("half_life", [None, 20.0])
def test_a_listener_is_folded_in_as_they_were_fitted(
    weighting: Weighting, half_life: float | None
) -> None:
    generator = np.random.default_rng(2)
    who, what = np.nonzero(generator.random((9, 12)) < 0.5)
    plays, days = generator.integers(1, 30, len(who)), generator.integers(0, 200, len(who))
    nothing = np.zeros(len(who))
    table = np.column_stack([who, what, plays, nothing, nothing, NOW - DAY * days])
    listens = concatenate([table])
    tracks = Vocabulary.of(what)
    weigher = weigher_of(listens, tracks, weighting, half_life)
    matrix = weighed(listens, weigher, tracks, as_of=NOW).matrix
    for listener in range(9):
        own = listens.at(np.flatnonzero(who == listener))
        history = history_of(own.track_ids, own.doings, tracks, weigher, as_of=NOW)
        row = matrix[listener]
        assert history.items.tolist() == row.indices.tolist()
        assert history.strengths == pytest.approx(row.data, rel=1e-6)


def test_bm25_saturates_with_plays_and_with_what_the_listener_plays_in_all() -> None:
    # k = 1.2, b = 0.75; all plays are 4, of 2 that are typical: 1 - b + b · 4 / 2 = 1.75.
    plays = np.array([1, 3], dtype=np.float32)
    expected = [1 * 2.2 / (1 + 1.2 * 1.75), 3 * 2.2 / (3 + 1.2 * 1.75)]
    assert weigh(plays, Weighting.BM25, typical_plays=2).tolist() == pytest.approx(expected)


def test_rare_tracks_say_more() -> None:
    # Of three listeners all play the first track, one the second.
    rarity = rarity_of(np.array([0, 0, 0, 1]), 3, 3)
    common, rare, unheard = log(1 + 0.5 / 3.5), log(1 + 2.5 / 1.5), log(1 + 3.5 / 0.5)
    mean = (3 * common + rare) / 4
    assert rarity.tolist() == pytest.approx([common / mean, rare / mean, unheard / mean])


def test_bm25_knows_typical_plays_and_rarity_from_what_it_is_fitted_on() -> None:
    listens = pairs((1, 10, 4, 0, 0, 0), (2, 10, 1, 0, 0, 0), (2, 20, 1, 0, 0, 0))
    weigher = weigher_of(listens, Vocabulary.of([10, 20]), Weighting.BM25)
    assert weigher.typical_plays == 3
    assert weigher.rarity is not None
    assert weigher.rarity.tolist() == pytest.approx(rarity_of(np.array([0, 0, 1]), 2, 2).tolist())


def test_popularity_fades_too() -> None:
    listens = pairs((1, 1, 1, 0, 0, 30), (2, 1, 1, 0, 0, 30), (1, 2, 1, 0, 0, 0))
    tracks = Vocabulary.of([1, 2])
    weigher = Weigher(Weighting.BINARY, 30)
    matrix = weighed(listens, weigher, tracks, as_of=NOW).matrix
    assert popularity_of(matrix).tolist() == pytest.approx([0.55, 0.5])
    much_later = weighed(listens, weigher, tracks, as_of=NOW + 1e4 * DAY).matrix
    assert popularity_of(much_later).tolist() == pytest.approx([0.1, 0.05])
