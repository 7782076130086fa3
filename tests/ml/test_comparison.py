from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from app.errors import InvalidInput
from app.ml import comparison, metrics, panels, tuning
from app.ml.candidate import Candidate
from app.ml.comparison import compare, expected_seconds
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions, concatenate, matrix_of
from app.ml.popularity import listener_counts
from app.ml.ranking import top_k
from app.ml.recipe import Recipe
from app.ml.search import Search, Trial, Tuned
from app.ml.weighting import Weighting

_TICK_SECONDS = 0.1


def pairs(*rows: tuple[int, int]) -> Interactions:
    return concatenate([np.array([(u, i, 1, 0, 0) for u, i in rows], dtype=np.float64)])


@pytest.fixture
def parts(tastes: Interactions) -> tuple[Interactions, Interactions]:
    held = np.random.default_rng(5).random(len(tastes)) < 0.2
    return tastes.at(np.flatnonzero(~held)), tastes.at(np.flatnonzero(held))


def test_each_algorithm_is_measured_and_the_chosen_last(
    parts: tuple[Interactions, Interactions],
) -> None:
    search = Search(4, ("neighbours", "popularity", "blend"), k=5)
    found = compare(*parts, search)
    assert found.chosen is found.algorithms[-1]
    assert {at.name for at in found.algorithms} == set(found.tuned.best) - set(found.left_out)
    assert found.as_json()["chosen"] == found.as_json()["algorithms"][-1]
    assert set(found.as_json()["chosen"]) == {
        "name",
        "recall_at_k",
        "ndcg_at_k",
        "fit_seconds",
        "peak_mib",
        "settings",
    }


def test_popularity_is_measured_as_worked_out_here(
    parts: tuple[Interactions, Interactions],
) -> None:
    train, test = parts
    measured = compare(train, test, Search(2, ("popularity",), k=5)).chosen
    columns = matrix_of(train, Weighting.BINARY)
    popular = listener_counts(columns.matrix).astype(np.float32)
    expected = []
    for listener in np.unique(test.listener_ids):
        heard = columns.tracks.positions(train.track_ids[train.listener_ids == listener])
        listed = columns.tracks.ids[top_k(popular, 5, excluded=heard)].tolist()
        targets = set(test.track_ids[test.listener_ids == listener].tolist())
        expected.append(metrics.ndcg_at_k(listed, targets, 5))
    assert measured.ndcg == pytest.approx(expected)


def test_a_listener_without_a_past_counts_and_an_item_heard_before_does_not() -> None:
    train = pairs((1, 10), (1, 11), (2, 10), (2, 12), (3, 10), (3, 11), (3, 12))
    test = pairs((1, 12), (1, 10), (9, 10), (9, 77))
    measured = compare(train, test, Search(2, ("popularity",), k=2)).chosen
    assert measured.recall.tolist() == [1, 0.5]


def test_what_is_expected_of_a_last_fit_grows_with_the_listeners_to_rank_for() -> None:
    trials = [
        Trial("als/binary", {}, "complete", 0.3, 0.3, seconds, fit)
        for seconds, fit in ((3.0, 2.0), (9.0, 4.0), (5.0, 3.0))
    ]
    als = Candidate(Recipe("als"))
    blend = Candidate(Recipe("blend"), members=(als, als))
    tuned = Tuned({"als": als, "blend": blend}, {}, "als", trials, listeners=100)
    alone = 1.25 * (3.0 + 2.0 * 50)
    assert expected_seconds(tuned, "als", 5000) == pytest.approx(alone)
    assert expected_seconds(tuned, "blend", 5000) == pytest.approx(2 * alone)
    assert expected_seconds(tuned, "als", 5000, fit=False) == pytest.approx(alone - 1.25 * 3.0)


def test_listeners_that_a_pruned_trial_never_ranked_for_make_nothing_look_quick() -> None:
    whole = Trial("als/binary", {}, "complete", 0.3, 0.3, 5.0, 3.0)
    pruned = [Trial("als/binary", {}, "pruned", 0.1, 0.1, 3.1, 3.0)] * 4
    als = Candidate(Recipe("als"))
    tuned = Tuned({"als": als}, {}, "als", [whole, *pruned], listeners=100, panel_seconds=0.01)
    assert expected_seconds(tuned, "als", 5000) == pytest.approx(1.25 * (3.0 + 100 + 50))


def test_the_search_ends_while_there_is_time_to_measure_what_it_found(
    parts: tuple[Interactions, Interactions], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 600.0
    monkeypatch.setattr(comparison, "expected_seconds", lambda *_, **__: seconds)
    found = compare(*parts, Search(seconds, ("neighbours", "popularity", "blend"), k=5))
    assert len(found.tuned.trials) == 1
    assert found.tuned.chosen != "blend"
    assert found.tuned.panel_seconds > 0


def test_what_the_time_is_too_short_for_is_left_out_but_never_the_chosen(
    parts: tuple[Interactions, Interactions], monkeypatch: pytest.MonkeyPatch
) -> None:
    def expected(tuned: Tuned, name: str, _: int, **__: bool) -> float:
        return 1e9 if len(tuned.best) > 1 and name == "popularity" else 0.0

    monkeypatch.setattr(comparison, "expected_seconds", expected)
    found = compare(*parts, Search(2, ("neighbours", "popularity"), k=5))
    assert [at.name for at in found.algorithms] == ["neighbours"]
    assert found.left_out == ["popularity"]
    assert found.chosen is found.algorithms[0]


def test_nothing_to_test_is_refused() -> None:
    train = pairs((1, 10), (1, 11))
    with pytest.raises(InvalidInput, match="no listener"):
        compare(train, pairs((1, 10)), Search(1))


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on a little each time it is looked at, however busy the machine is."""
    looks = count()
    for module in (comparison, panels, tuning):
        monkeypatch.setattr(module, "monotonic", lambda: next(looks) * _TICK_SECONDS)


@pytest.mark.usefixtures("steady")
def test_features_that_tell_everything_are_used() -> None:
    """Sixty items in twenty kinds, too few listeners each to find the kinds without tags."""
    rng = np.random.default_rng(0)
    rows = [(u, kind * 3 + at) for u in range(30) for kind in rng.choice(20, 2) for at in range(3)]
    listens = pairs(*sorted(set(rows)))
    held = rng.random(len(listens)) < 0.3
    tags = pairs(*((-1 - item // 3, item) for item in range(60)))
    asked: list[Holdout] = []

    def features(holdout: Holdout) -> Interactions:
        asked.append(holdout)
        return tags

    search = Search(12, ("als", "neighbours", "blend"), k=5, features=features)
    test = listens.at(np.flatnonzero(held))
    found = compare(listens.at(np.flatnonzero(~held)), test, search)
    assert found.chosen.candidate.settings()["item_tags"]
    alone = compare(listens.at(np.flatnonzero(~held)), test, replace(search, features=None))
    assert found.chosen.ndcg.mean() > alone.chosen.ndcg.mean()
    assert "item_tags" not in alone.chosen.candidate.settings()
    hidden = [set(zip(*_targets(holdout), strict=True)) for holdout in (asked[0], asked[-1])]
    told = set(zip(test.listener_ids.tolist(), test.track_ids.tolist(), strict=True))
    assert not hidden[0] & told
    assert hidden[1] == told


def _targets(holdout: Holdout) -> tuple[list[int], list[int]]:
    owners = np.repeat(holdout.listener_ids, np.diff(holdout.targets.starts))
    return owners.tolist(), holdout.targets.ids.tolist()
