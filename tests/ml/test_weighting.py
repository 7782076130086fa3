import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ml.weighting import Doings, Floats, Weighting, presence, strengths, weigh

counts = st.integers(0, 10_000)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def strength(plays: float, skips: float, feedback: float, weighting: Weighting) -> float:
    doings = Doings(floats(plays), floats(skips), floats(feedback))
    return float(strengths(doings, weighting)[0])


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        (Weighting.BINARY, [0, 1, 1, 1]),
        (Weighting.LOG, [0, 1, 2, 3]),
        (Weighting.LINEAR, [0, 1, 3, 7]),
    ],
)
def test_plays_weigh_as_the_weighting_says(weighting: Weighting, expected: list[float]) -> None:
    assert weigh(floats(0, 1, 3, 7), weighting).tolist() == expected


def test_relative_plays_are_measured_by_the_listeners_mean_of_what_was_played() -> None:
    assert weigh(floats(0, 2, 6, 4), Weighting.RELATIVE) == pytest.approx(
        [0, np.log2(1.5), np.log2(2.5), 1]
    )


def test_relative_plays_of_many_are_those_of_each_alone() -> None:
    listeners = np.array([7, 3, 7, 3])
    both = weigh(floats(1, 30, 3, 10), Weighting.RELATIVE, listeners)
    assert both[listeners == 7].tolist() == weigh(floats(1, 3), Weighting.RELATIVE).tolist()
    assert both[listeners == 3].tolist() == weigh(floats(30, 10), Weighting.RELATIVE).tolist()


def test_presence_is_one_for_all_evidence_for_and_keeps_the_rest() -> None:
    assert presence(floats(3, 0.2, 0, -0.5)).tolist() == [1, 1, 0, -0.5]


@pytest.mark.parametrize("weighting", list(Weighting))
def test_one_play_weighs_one_everywhere(weighting: Weighting) -> None:
    assert strength(1, 0, 0, weighting) == 1


def test_skips_take_away_their_share_of_the_encounters() -> None:
    assert strength(3, 1, 0, Weighting.LOG) == 2 * 0.5


def test_a_track_skipped_more_often_than_played_is_evidence_against() -> None:
    assert strength(1, 3, 0, Weighting.LOG) == -0.5
    assert strength(0, 1, 0, Weighting.LINEAR) == -1


def test_as_many_skips_as_plays_say_nothing() -> None:
    assert strength(4, 4, 0, Weighting.LINEAR) == 0


def test_love_doubles_and_counts_without_a_play() -> None:
    assert strength(3, 0, 1, Weighting.LOG) == 4
    assert strength(0, 0, 1, Weighting.LOG) == 2
    assert strength(0, 5, 1, Weighting.LOG) == 2


def test_a_dislike_is_against_whatever_was_played() -> None:
    assert strength(100, 0, -1, Weighting.LINEAR) == -1


def test_who_loves_a_track_has_heard_it_and_who_skips_it_has_not() -> None:
    doings = Doings(floats(1, 0, 0, 0), floats(0, 0, 2, 0), floats(0, 1, 0, -1))
    assert doings.heard.tolist() == [True, True, False, False]
    assert doings.disliked.tolist() == [False, False, False, True]


def test_doings_at_rows_follow_their_order() -> None:
    part = Doings(floats(1, 2, 3), floats(4, 5, 6), floats(0, 1, -1)).at(np.array([2, 0]))
    assert (part.plays.tolist(), part.skips.tolist()) == ([3, 1], [6, 4])
    assert part.feedback.tolist() == [-1, 0]


@given(counts, counts, st.sampled_from([-1, 0, 1]), st.sampled_from(list(Weighting)))
def test_strength_is_finite_and_has_the_sign_of_what_was_done(
    plays: int, skips: int, feedback: int, weighting: Weighting
) -> None:
    value = strength(plays, skips, feedback, weighting)
    assert np.isfinite(value)
    if feedback:
        assert np.sign(value) == feedback
    else:
        assert np.sign(value) == np.sign(plays - skips)


@given(counts, counts, st.sampled_from(list(Weighting)))
def test_another_play_never_weakens_and_another_skip_never_strengthens(
    plays: int, skips: int, weighting: Weighting
) -> None:
    value = strength(plays, skips, 0, weighting)
    assert strength(plays + 1, skips, 0, weighting) >= value
    assert strength(plays, skips + 1, 0, weighting) <= value
