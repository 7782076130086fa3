"""Two windows compared: what chance explains is no drift."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.drift import MIN_LISTENERS, SignalName, fall, jensen_shannon, rise, shift


def _values(mean: float, count: int = 100) -> dict[int, float]:
    rng = np.random.default_rng(count)
    return dict(enumerate(rng.normal(mean, 0.1, count).tolist()))


def test_divergence_is_0_for_the_same_spread_and_1_for_nothing_in_common() -> None:
    one = np.array([2.0, 2.0, 0.0, 0.0])
    assert jensen_shannon(one, 7 * one) == pytest.approx(0)
    assert jensen_shannon(one, one[::-1]) == pytest.approx(1)


def test_divergence_by_hand() -> None:
    # p = (1, 0), q = (1/2, 1/2): H(3/4, 1/4) - 1/2 bit.
    halved = 0.75 * np.log2(4 / 3) + 0.25 * 2
    found = jensen_shannon(np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    assert found == pytest.approx(halved - 0.5)


def test_a_fall_must_be_large_and_beyond_chance() -> None:
    large = fall(SignalName.NDCG, _values(0.5), _values(0.3), 0.2)
    small = fall(SignalName.NDCG, _values(0.5), _values(0.45), 0.2)
    rare = fall(SignalName.NDCG, _values(0.1, 20), _values(0.05, 20), 0.2)
    better = fall(SignalName.NDCG, _values(0.3), _values(0.5), 0.2)
    assert large is not None
    assert large.drifted
    assert large.before == pytest.approx(0.5, abs=0.03)
    assert large.after == pytest.approx(0.3, abs=0.03)
    for other in (small, rare, better):
        assert other is not None
        assert not other.drifted


def test_a_rise_must_be_large_and_beyond_chance() -> None:
    for after, drifted in ((0.4, True), (0.23, False), (0.1, False)):
        signal = rise(SignalName.UNKNOWN_TRACKS, _values(0.2), _values(after), 0.05)
        assert signal is not None
        assert signal.drifted is drifted


def test_of_few_listeners_nothing_is_said() -> None:
    few, enough = _values(0.5, MIN_LISTENERS - 1), _values(0.1)
    assert fall(SignalName.NDCG, few, enough, 0.2) is None
    assert rise(SignalName.NDCG, enough, few, 0.2) is None
    window = csr_matrix(np.ones((MIN_LISTENERS - 1, 3)))
    assert shift(SignalName.POPULARITY, window, window, 0.05) is None


@pytest.mark.parametrize(("moved", "drifted"), [(0, False), (30, True)])
def test_a_shift_is_what_tossing_coins_does_not_explain(moved: int, *, drifted: bool) -> None:
    rng = np.random.default_rng(5)
    spread = np.array([0.4, 0.3, 0.2, 0.1, 0, 0])
    before = rng.multinomial(8, spread, 60)
    after = rng.multinomial(8, spread, 60)
    after[:moved] = after[:moved, ::-1]
    signal = shift(SignalName.POPULARITY, csr_matrix(before), csr_matrix(after), 0.05)
    assert signal is not None
    assert signal.drifted is drifted
    assert signal.listeners == 60
    assert signal.before < 0.02
