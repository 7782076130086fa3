"""What jobs work with, and listeners with tastes to train on."""

from collections.abc import Iterator

import numpy as np
import pytest
from sqlmodel import Session

from app import training
from app.db import Database
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import UserItem
from app.models.columns import id_of
from app.queue import JobQueue
from app.settings import Settings
from jobs import train
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime
from tests import making

RECIPE = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5})
TRACKS, LISTENERS, TASTES = 40, 60, 4


@pytest.fixture
def rt(settings: Settings, database: Database) -> Iterator[Runtime]:
    queue = JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """Forty; each of sixty listeners played some of the quarter that is to their taste, undated."""
    rng = np.random.default_rng(1)
    with database.write() as session:
        numbers = making.tracks(session, TRACKS)
        for listener in range(LISTENERS):
            user = making.user(session, f"listener {listener}")
            for track in rng.choice(numbers[listener % TASTES :: TASTES], 7, replace=False):
                session.add(UserItem(user_id=user, track_id=int(track), plays=1))
    return numbers


def requested(rt: Runtime, recipe: Recipe = RECIPE) -> int:
    def write(session: Session) -> int:
        return id_of(training.request(session, "root", recipe, seed=7))

    return rt.database.transact(write)


def run_training(rt: Runtime, number: int) -> None:
    """As the worker does it, in this process."""
    with Heartbeat(rt.database, rt.queue, number) as heartbeat:
        train._train(rt, number, heartbeat)
