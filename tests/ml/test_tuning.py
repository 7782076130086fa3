import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.errors import InvalidInput
from app.ml import tuning
from app.ml.algorithms import ALGORITHMS
from app.ml.bulk import Panel
from app.ml.evaluation import Terms, evaluate_recommender
from app.ml.holdout import in_time, per_listener
from app.ml.interactions import Interactions, joined, matrix_of
from app.ml.recipe import Recipe
from app.ml.recommender import Extent
from app.ml.search_space import TUNED, arms_of
from app.ml.tuning import Search, Trial, Tuned, tune
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

DAY = 86_400.0
NOW = 10_000 * DAY
QUICK = ("neighbours", "rp3beta", "popularity", "blend")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """A clock that ticks a tenth of a second each time it is looked at."""
    now = [0.0]

    def tick() -> float:
        now[0] += 0.1
        return now[0]

    monkeypatch.setattr(tuning, "monotonic", tick)
    return tick


@pytest.mark.usefixtures("clock")
def test_the_better_algorithm_is_chosen_and_every_one_has_a_recipe(tastes: Interactions) -> None:
    tuned = tune(tastes, Search(seconds=60, algorithms=QUICK, seed=1, k=5))
    assert set(tuned.best) == set(QUICK)
    assert tuned.chosen != "popularity"
    assert tuned.scores[tuned.chosen] > 1.1 * tuned.scores["popularity"]
    for name, candidate in tuned.best.items():
        assert candidate.recipe.algorithm == name


@pytest.mark.usefixtures("clock")
def test_an_algorithms_score_is_its_best_complete_trial(tastes: Interactions) -> None:
    tuned = tune(tastes, Search(seconds=40, algorithms=("neighbours", "rp3beta"), seed=1, k=5))
    for name in ("neighbours", "rp3beta"):
        done = [
            trial.ndcg
            for trial in tuned.trials
            if trial.arm.startswith(name) and trial.state == "complete"
        ]
        assert tuned.scores[name] == max(done)
    assert len(tuned.trials) > 4


@pytest.mark.usefixtures("clock")
def test_the_same_seed_and_time_find_the_same(tastes: Interactions) -> None:
    search = Search(seconds=15, algorithms=QUICK, seed=4, k=5)
    assert tune(tastes, search).best == tune(tastes, search).best


@pytest.mark.usefixtures("clock")
def test_a_search_goes_on_from_what_was_recorded(tastes: Interactions) -> None:
    record: list[Trial] = []
    search = Search(30, QUICK, seed=1, k=5, record=record.append)
    first = tune(tastes, search)
    kept = [Trial(**json.loads(json.dumps(trial.as_json()))) for trial in record]
    assert kept == record
    again = tune(tastes, Search(0, QUICK, seed=1, k=5), kept)
    assert [trial.settings for trial in again.trials] == [t.settings for t in first.trials]
    assert again.scores["neighbours"] == first.scores["neighbours"]


def test_it_stops_when_asked_with_what_it_has(tastes: Interactions) -> None:
    record: list[Trial] = []
    shown: list[float] = []
    search = Search(
        3600,
        QUICK,
        k=5,
        stop=lambda: len(record) >= 2,
        record=record.append,
        report=shown.append,
    )
    tuned = tune(tastes, search)
    assert len(tuned.trials) == len(record) == 2
    assert shown == sorted(shown)
    assert 0 <= shown[0] <= shown[-1] <= 1


def test_what_the_search_fitted_is_blended_however_late_it_is(tastes: Interactions) -> None:
    """Skips make members that see signs alone unlike their trials: they would have to be fitted."""
    record: list[Trial] = []
    skips = tastes.doings.skips.copy()
    skips[:3] = 1
    skipping = replace(tastes, doings=replace(tastes.doings, skips=skips))

    def all_of_it(_: Tuned) -> float:
        return 3600 if len(record) >= 6 else 0

    tuned = tune(skipping, Search(3600, QUICK, k=5, record=record.append, kept_back=all_of_it))
    assert len(tuned.trials) == 6
    weightings = {member.recipe.weighting for member in tuned.best["blend"].members}
    assert weightings == {Weighting.RELATIVE}


def test_what_needs_too_much_memory_is_left_out(tastes: Interactions) -> None:
    extent = Extent.of(matrix_of(tastes, Weighting.BINARY).matrix)
    needed = Recipe("neighbours").peak_mib(extent)
    with pytest.raises(InvalidInput, match="no trial"):
        tune(tastes, Search(5, ("neighbours",), k=5, memory_mib=needed / 10))


def test_however_short_the_time_something_is_found(tastes: Interactions) -> None:
    tuned = tune(tastes, Search(0, QUICK, k=5))
    assert tuned.chosen == tuned.trials[0].arm.split("/")[0]
    assert len(tuned.trials) == 1


def test_an_unknown_algorithm_is_refused_by_name(tastes: Interactions) -> None:
    with pytest.raises(InvalidInput, match="astrology"):
        tune(tastes, Search(1, ("astrology",)))


def test_bulk_figures_are_those_of_the_evaluation(tastes: Interactions) -> None:
    holdout = per_listener(tastes, seed=2)
    matrix = matrix_of(holdout.train, Weighting.LOG, holdout.tracks).matrix
    for recipe in (Recipe("ials", Weighting.LOG, {"factors": 4}), Recipe("popularity")):
        model = recipe.fit(matrix, seed=0)
        terms = Terms(seed=0, k=5, max_listeners=None)
        slow = evaluate_recommender(model, Weigher(Weighting.LOG), holdout, terms).per_listener
        ndcg, recall = Panel.of(holdout, Weigher(Weighting.LOG)).measure(model, 5)
        assert ndcg == pytest.approx(slow["ndcg"])
        assert recall == pytest.approx(slow["recall"])


def _dated(tastes: Interactions, days: float) -> Interactions:
    moments = np.full(len(tastes), NOW - days * DAY)
    return replace(tastes, doings=replace(tastes.doings, listened_at=moments))


@pytest.mark.usefixtures("clock")
def test_half_lives_are_searched_where_the_split_is_in_time(tastes: Interactions) -> None:
    """Everybody's taste has changed since: what was heard long ago leads astray."""
    old, new = _dated(tastes, 400), _dated(tastes, 1)
    flipped = replace(old, track_ids=old.track_ids ^ 1)
    heard = np.random.default_rng(1).random(len(new)) < 0.5
    before = joined(flipped.at(np.flatnonzero(heard)), new.at(np.flatnonzero(heard)))
    pairs = before.listener_ids * 100 + before.track_ids
    before = before.at(np.unique(pairs[::-1], return_index=True)[1])
    held = in_time(before, new.at(np.flatnonzero(~heard)), NOW)
    tuned = tune(before, Search(60, ("neighbours",), seed=1, k=5), holdout=held)
    tried = {trial.settings["half_life_days"] for trial in tuned.trials}
    assert len(tried) > 5
    best = max(tuned.trials, key=lambda trial: trial.ndcg)
    days = best.settings["half_life_days"]
    assert tuned.recipe.half_life_days == (round(days, 1) if days < 2000 else None)
    assert "half_life_days" not in tuned.recipe.settings


@pytest.mark.usefixtures("clock")
def test_a_random_split_says_nothing_about_time(tastes: Interactions) -> None:
    tuned = tune(_dated(tastes, 3), Search(5, ("neighbours",), k=5))
    assert all("half_life_days" not in trial.settings for trial in tuned.trials)
    assert tuned.recipe.half_life_days is None


def test_without_counts_there_is_one_weighting() -> None:
    assert [arm.name for arm in arms_of(("ials",), counted=False)] == ["ials/binary"]
    assert [arm.name for arm in arms_of(("ials", "popularity"), counted=True)] == [
        "ials/relative",
        "ials/binary",
        "popularity/binary",
    ]


def test_every_arm_can_be_fitted_where_it_starts_and_where_its_spans_end(
    tastes: Interactions,
) -> None:
    for arm in arms_of(TUNED, counted=True):
        kind = ALGORITHMS[arm.algorithm]
        kind.complete(arm.start)
        for end in ("low", "high"):
            kind.complete(
                {
                    name: (int if span.whole else float)(getattr(span, end))
                    for name, span in arm.spans.items()
                }
            )
        for name, value in arm.start.items():
            assert arm.spans[name].low <= value <= arm.spans[name].high
