"""What a training is compared with: a refresh with the model that would otherwise go on serving."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session

from app import training
from app.listening import EVENTS
from app.ml.contest import ContestResult
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import EventKind
from jobs import contest
from jobs.runtime import Runtime
from tests import making
from tests.histories import sum_up
from tests.jobs.conftest import RECIPE, requested, run_training

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TASTES, LISTENERS, TRACKS = 4, 60, 160
OTHER = Recipe("als", Weighting.LOG, {"factors": 5, "iterations": 5})


@pytest.fixture
def people(rt: Runtime) -> tuple[list[int], list[int]]:
    with rt.database.write() as session:
        tracks = making.tracks(session, TRACKS)
        return [making.user(session, f"listener {n}") for n in range(LISTENERS)], tracks


def _live(rt: Runtime, people: tuple[list[int], list[int]], days: range, share: slice) -> None:
    """Each listener plays some of their taste each day, among a share of the catalogue."""
    rng = np.random.default_rng(days.start)
    users, tracks = people
    rows = [
        _listen(user, int(track), BEGIN + timedelta(days=day, seconds=n))
        for day in days
        for n, user in enumerate(users)
        for track in rng.choice(tracks[n % TASTES :: TASTES][share], 2, replace=False)
    ]
    rt.database.transact(lambda session: _record(session, rows))


def _contest(rt: Runtime, recipe: Recipe) -> ContestResult:
    with rt.database.read() as session:
        data, champion = contest.read(session)
    return contest.compete(rt, recipe, champion, data, 7, lambda _: None)[0]


def _crown(rt: Runtime) -> int:
    number = requested(rt)
    run_training(rt, number)
    with rt.database.read() as session:
        champion = training.champion(session)
    assert champion is not None
    assert champion.version == number
    return number


@pytest.fixture
def refreshed(rt: Runtime, people: tuple[list[int], list[int]]) -> tuple[list[int], list[int]]:
    """A champion of ten days, and then ten days with the other half of the catalogue."""
    _live(rt, people, range(10), slice(10))
    _crown(rt)
    _live(rt, people, range(10, 20), slice(10, 20))
    return people


def test_a_refresh_is_weighed_against_what_the_champion_knew(
    rt: Runtime, refreshed: tuple[list[int], list[int]]
) -> None:
    result = _contest(rt, RECIPE)
    assert result.verdict.figures["refresh"]
    assert result.champion is not None
    assert result.champion.mean() < result.challenger.mean()
    assert result.verdict.figures["over_champion"]["gain"]["low"] > 0
    assert result.verdict.promote


def test_another_recipe_meets_the_champions_on_the_same_listens(
    rt: Runtime, refreshed: tuple[list[int], list[int]]
) -> None:
    """Or being fitted on more would pass for being better."""
    theirs = _contest(rt, OTHER).champion
    assert theirs is not None
    assert theirs.mean() == _contest(rt, RECIPE).challenger.mean()


def test_without_newer_listens_a_refresh_is_the_champion_again(
    rt: Runtime, people: tuple[list[int], list[int]]
) -> None:
    _live(rt, people, range(10), slice(10))
    _crown(rt)
    result = _contest(rt, RECIPE)
    assert result.champion is result.challenger


def test_a_champion_a_day_older_is_fitted_on_a_day_less(
    rt: Runtime, people: tuple[list[int], list[int]]
) -> None:
    """Though its own data reaches behind the cutoff."""
    _live(rt, people, range(12), slice(40))
    _crown(rt)
    _live(rt, people, range(12, 13), slice(40))
    result = _contest(rt, RECIPE)
    assert result.champion is not None
    assert result.champion is not result.challenger
    assert result.verdict.promote


def test_a_refresh_spoilt_by_an_import_is_refused(
    rt: Runtime, people: tuple[list[int], list[int]]
) -> None:
    _live(rt, people, range(12), slice(40))
    _crown(rt)
    rng = np.random.default_rng(0)

    def import_noise(session: Session) -> None:
        robots = [making.user(session, f"robot {n}") for n in range(60)]
        long_ago = BEGIN - timedelta(days=300)
        rows = [
            _listen(user, int(track), long_ago)
            for user in robots
            for track in rng.choice(people[1], 80, replace=False)
        ]
        _record(session, rows)

    rt.database.transact(import_noise)
    result = _contest(rt, RECIPE)
    assert result.verdict.figures["refresh"]
    assert result.verdict.figures["over_champion"]["gain"]["high"] < 0
    assert not result.verdict.promote


@pytest.mark.parametrize("half_life", [None, 30.0])
def test_a_champion_whose_data_was_imported_again_is_not_measured(
    rt: Runtime, people: tuple[list[int], list[int]], half_life: float | None
) -> None:
    recipe = replace(RECIPE, half_life_days=half_life)
    _live(rt, people, range(10), slice(10))
    number = requested(rt, recipe)
    run_training(rt, number)
    with rt.database.write() as session:
        events = session.connection().execute(EVENTS.select().order_by(EVENTS.c.id)).mappings()
        last = training.training(session, number).last_event_id or 0
        rows = [{**row, "id": last + 1 + n} for n, row in enumerate(events)]
        session.connection().execute(EVENTS.delete())
        session.connection().execute(EVENTS.insert(), rows)
    result = _contest(rt, recipe)
    assert not result.verdict.promote
    assert "too little is left of what the champion was fitted on" in result.verdict.reason


def _listen(user: int, track: int, at: datetime) -> dict[str, Any]:
    row = {"user_id": user, "track_id": track, "occurred_at": at, "recorded_at": at}
    return row | {"kind": EventKind.LISTEN, "plays": 1, "source": "test"}


def _record(session: Session, rows: list[dict[str, Any]]) -> None:
    session.connection().execute(EVENTS.insert(), rows)
    sum_up(session)
