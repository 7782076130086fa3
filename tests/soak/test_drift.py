"""A shift of taste: alert, and the chain mends it by itself; quiet months stay quiet. 3 minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlmodel import Session, select

from app import recommending, training
from app.db import open_database
from app.ml.interactions import fallback_of
from app.ml.metrics import ndcg_at_k
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Weighting
from app.models import Alert, Promotion, Training
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue
from app.settings import Settings
from jobs import watch_drift
from jobs.runtime import Runtime
from jobs.training_data import artists_of, read_training_data
from tests import histories
from tests.histories import World, crown, sum_up
from tests.jobs.conftest import requested, run_training
from tests.jobs_at_work import worker
from tests.soak.conftest import Say
from tests.soak.swapping import await_that

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

RECIPE = Recipe("als", Weighting.LOG, {"factors": 16, "regularization": 1.0}, half_life_days=3)
SHIFT, DAYS = 14, 21
WORLDS, QUIET_DAYS = 5, 30
K = 20


@pytest.fixture
def rt(sqlite_settings: Settings) -> Iterator[Runtime]:
    database, queue = open_database(sqlite_settings), JobQueue(sqlite_settings)
    yield Runtime(sqlite_settings, database, queue)
    queue.close()
    database.dispose()


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Day 0 of a larger world that has come to its 21st day today."""
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(histories, "START", today - timedelta(days=DAYS))
    monkeypatch.setattr(histories, "LISTENERS", 160)
    monkeypatch.setattr(histories, "TRACKS_EACH", 120)
    return histories.START


def _live(rt: Runtime, world: World, day: int, days: int, version: int) -> None:
    def write(session: Session) -> None:
        world.live(session, day, days, version)
        sum_up(session)

    rt.database.transact(write)


def _crown(rt: Runtime, at: datetime) -> int:
    """A champion that a training made, promoted at that time."""
    number = requested(rt, RECIPE)
    run_training(rt, number)
    with rt.database.write() as session:
        promotion = session.exec(select(Promotion)).one()
        assert promotion.training_id == number
        promotion.created_at = at
        session.add(promotion)
    return number


def test_the_chain_mends_a_shift_of_taste_by_itself(rt: Runtime, begin: datetime, say: Say) -> None:
    with rt.database.write() as session:
        world = World.make(session)
    _live(rt, world, -7, 7, version=1)
    old = _crown(rt, begin)
    _live(rt, world, 0, SHIFT, old)
    rt.database.transact(world.take_up_new_genres)
    _live(rt, world, SHIFT, DAYS - SHIFT, old)
    rt.queue.enqueue(JobName.WATCH_DRIFT)
    with worker(rt.settings, PYTUNE_DRIFT_RETRAINS="true"):
        await_that(lambda: _over(rt, old))
    with rt.database.read() as session:
        alerts = [str(alert.details["same"]) for alert in session.exec(select(Alert))]
        champion = training.champion(session)
        newest = training.trainings(session, 1)[0]
    say(f"one watch told of {', '.join(alerts)}; {newest.requested_by} trained {newest.id}")
    assert "ndcg" in alerts
    assert champion is not None
    reached = {
        "the old champion": _ndcg(rt, world, _loaded(rt, old)),
        "the chain's champion": _ndcg(rt, world, _loaded(rt, champion.version)),
        "a fresh model": _ndcg(rt, world, _fresh(rt)),
    }
    for name, value in reached.items():
        say(f"NDCG@{K} of {name} for those who changed: {value:.4f}")
    assert champion.version == newest.id
    assert newest.requested_by == "drift"
    assert reached["the old champion"] < 0.5 * reached["a fresh model"]
    assert reached["the chain's champion"] >= 0.95 * reached["a fresh model"]


def _over(rt: Runtime, old: int) -> bool:
    with rt.database.read() as session:
        newest = training.trainings(session, 1)[0]
    return newest.id != old and newest.finished_at is not None


def _loaded(rt: Runtime, version: int) -> LoadedModel:
    with rt.database.read() as session:
        row: Training = training.training(session, version)
    folder = rt.settings.artifacts / str(row.artifact)
    return LoadedModel.load(folder, row.checksum, id_of(row))


def _fresh(rt: Runtime) -> LoadedModel:
    """Fitted here and now on all listens."""
    with rt.database.read() as session:
        pairs = read_training_data(session).interactions
        tracks = Vocabulary.of(pairs.track_ids)
        artists = artists_of(session, tracks)
    fitted = RECIPE.fit(RECIPE.matrix(pairs, tracks), seed=1)
    popularity = fallback_of(pairs, tracks, None, as_of=None)
    return LoadedModel(0, fitted, RECIPE.weigher(pairs, tracks), tracks, artists, popularity)


def _ndcg(rt: Runtime, world: World, model: LoadedModel) -> float:
    """Of the lists that those whose taste changed get, against all tracks of their new taste."""
    values = []
    with rt.database.read() as session:
        for n in range(0, len(world.users), 2):
            served = recommending.recommend(session, model, world.users[n])
            liked = set(world.tracks[world.tastes[n]])
            values.append(ndcg_at_k([item.track.id for item in served.items], liked, K))
    return float(np.mean(values))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_quiet_months_are_quiet(rt: Runtime, say: Say, seed: int) -> None:
    with rt.database.write() as session:
        world = World.make(session, seed)
        world.live(session, -7, 7, version=1)
        version = crown(session, histories.START)
        world.live(session, 0, SHIFT + QUIET_DAYS, version)
    false: list[str] = []
    for day in range(SHIFT + 1, SHIFT + 1 + QUIET_DAYS):
        false += watch_drift._watch_drift(rt, histories.START + timedelta(days=day))
    say(f"world {seed}: {QUIET_DAYS} stationary days watched, {len(false)} false alerts")
    assert len(false) <= 1
