import json
import tracemalloc

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from app.ml import measuring
from app.ml.evaluation import Terms, evaluate
from app.ml.holdout import in_time, per_listener
from app.ml.interactions import Interactions, concatenate
from app.ml.measuring import METRICS
from app.ml.recipe import Recipe
from app.ml.recommender import Floats, History, Recommender, listener_scores
from app.ml.weighting import Weighting

ALS = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5, "regularization": 1.0})


def test_slices_are_thirds_by_tracks_heard(tastes: Interactions) -> None:
    found = evaluate(Recipe("popularity"), per_listener(tastes, seed=1), Terms(seed=0))
    parts = found.slices()
    assert [part.name for part in parts] == ["light", "middle", "heavy"]
    members = np.concatenate([part.members for part in parts])
    assert sorted(members.tolist()) == list(range(len(found.listener_ids)))
    for part in parts:
        heard = found.heard[part.members]
        assert (part.least, part.most) == (heard.min(), heard.max())
    assert parts[0].most < parts[1].least <= parts[1].most < parts[2].least


def test_who_heard_as_much_is_in_one_slice() -> None:
    before = concatenate([np.array([(who, who, 1, 0, 0) for who in range(9)], dtype=np.float64)])
    since = concatenate([np.array([(who, who + 1, 1, 0, 0) for who in range(9)], dtype=np.float64)])
    found = evaluate(Recipe("popularity"), in_time(before, since), Terms(seed=0)).slices()
    assert [(part.name, part.least, part.most, len(part.members)) for part in found] == [
        ("light", 1, 1, 9)
    ]


def test_nobody_to_test_gives_a_report_without_figures(tastes: Interactions) -> None:
    nobody = in_time(tastes, concatenate([]))
    found = evaluate(ALS, nobody, Terms(seed=0)).as_json()
    assert found["listeners"] == 0
    assert found["metrics"]["ndcg"] == {"mean": None, "low": None, "high": None}
    assert found["slices"] == []
    json.dumps(found, allow_nan=False)


def test_the_report_is_json(tastes: Interactions) -> None:
    found = evaluate(ALS, per_listener(tastes, seed=1), Terms(seed=0)).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["recipe"]["algorithm"] == "als"
    assert set(found["metrics"]) == set(METRICS)
    assert found["fit_seconds"] > 0
    assert found["milliseconds"] > 0
    assert found["mebibytes"] == pytest.approx((30 * 4 * 4 + 4 * 4 * 8) / 2**20)
    assert sum(part["listeners"] for part in found["slices"]) == found["listeners"]


def test_latency_is_that_of_all_but_the_slowest_twentieth(
    tastes: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = (second for n in range(40) for second in (0.0, n / 1000))
    monkeypatch.setattr(measuring, "perf_counter", lambda: next(clock))
    found = evaluate(Recipe("popularity"), per_listener(tastes, seed=1), Terms(seed=0))
    assert len(found.listener_ids) == 40
    assert found.cost.milliseconds == pytest.approx(0.95 * 39)


def test_scores_are_computed_on_one_thread(
    tastes: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def watched(recommender: Recommender, history: History, popularity: Floats) -> Floats:
        threads.update(
            pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
        )
        return listener_scores(recommender, history, popularity)

    monkeypatch.setattr(measuring, "listener_scores", watched)
    with threadpool_limits(2, "blas"):
        evaluate(ALS, per_listener(tastes, seed=1), Terms(seed=0, max_listeners=2))
    assert threads == {1}


def test_memory_stays_far_below_listeners_times_tracks() -> None:
    listeners, tracks = 400, 20_000
    generator = np.random.default_rng(0)
    rows = np.zeros((listeners * 10 + tracks, 5))
    rows[:, 0] = np.concatenate([np.arange(listeners * 10) // 10, np.full(tracks, listeners)])
    rows[:, 1] = np.concatenate([generator.integers(0, tracks, listeners * 10), np.arange(tracks)])
    rows[:, 2] = 1
    rows = rows[np.unique(rows[:, :2], axis=0, return_index=True)[1]]
    holdout = per_listener(concatenate([rows]), seed=0)
    tracemalloc.start()
    try:
        evaluate(Recipe("popularity"), holdout, Terms(seed=0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < listeners * tracks * np.dtype(np.float32).itemsize / 4
