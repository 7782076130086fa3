"""Two trained models in one folder, and clients that ask for lists while they are swapped."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2
import numpy as np
from sqlmodel import Session, col, select
from threadpoolctl import threadpool_limits

from app import accounts, listening, recommending, training
from app.db import Database, open_database
from app.ml.model_slot import LoadedModel
from app.models import Artist, Track
from app.models.columns import id_of
from app.placing import Placing
from app.settings import Settings
from app.writes import in_parts
from tests import making
from tests.stack.client import TRAIN, Client
from tests.stack.running import running

OTHER = {"algorithm": "ALS", "factors": 24, "regularization": 20.0, "seed": 7}
PASSWORD = "correct horse"
HEARD = 30


def train_another(
    folder: Path, administrator: tuple[str, str], settings: Mapping[str, str] | None = None
) -> None:
    """Model 2 of the folder, by a worker of the running product."""
    with running(folder, settings=settings) as stack:
        client = stack.signed_in(administrator)
        client.ask(TRAIN, input=OTHER)
        await_that(lambda: client.trainings()[2]["state"] not in {"QUEUED", "RUNNING"})
        assert client.trainings()[2]["state"] == "FINISHED"


def demo_with_two(folder: Path, addresses: Mapping[str, str]) -> tuple[tuple[str, str], Settings]:
    """The demo made at these addresses, and a second model; who administrates it, and where."""
    with running(folder, "demo", addresses) as first:
        administrator = first.accounts["administrator"]
    train_another(folder, administrator, addresses)
    database, redis = (addresses.get(f"PYTUNE_{name}_URL") for name in ("DATABASE", "REDIS"))
    return administrator, Settings(data_dir=folder, database_url=database, redis_url=redis)


def await_that(holds: Callable[[], bool], every: float = 0.1) -> None:
    """Ask until it holds; the test's own time limit ends it otherwise."""
    moment = threading.Event()
    while not holds():
        moment.wait(every)


def add_listeners(database: Database, names: list[str], heard: int = HEARD) -> list[int]:
    """Who can sign in and have heard something, each something else; their numbers."""

    def write(session: Session) -> list[int]:
        tracks = session.exec(select(Track.id).order_by(col(Track.id))).all()
        users = [
            id_of(accounts.create_user(session, name, accounts.hashed(PASSWORD))) for name in names
        ]
        for user in users:
            places = np.random.default_rng(user).choice(len(tracks), heard, replace=False)
            for some in in_parts([listening.Listen(tracks[place] or 0) for place in places], 100):
                for outcome in listening.record_listens(session, user, some):
                    assert isinstance(outcome, listening.Outcome)
        return users

    return database.transact(write)


def add_newcomers(database: Database) -> set[int]:
    """Beside each fourth track one that no model was fitted on, with what is known of it."""

    def write(session: Session) -> set[int]:
        known = session.exec(select(Track, Artist.name).join(Artist).order_by(col(Track.id))).all()
        return {
            making.track(session, f"New {track.id}", name, genre=track.genre, year=track.year)
            for track, name in known[::4]
        }

    return database.transact(write)


def lists_by(settings: Settings, version: int, users: list[int]) -> list[list[int]]:
    """What a model gives each of the users, computed in this process."""
    database = open_database(settings)
    with database.read() as session, threadpool_limits(1, "blas"):
        row = training.training(session, version)
        fitted = LoadedModel.load(settings.artifacts / str(row.artifact), row.checksum, version)
        model = Placing().placed(session, fitted)
        lists = [
            [item.track.id for item in recommending.recommend(session, model, user).items]
            for user in users
        ]
    database.dispose()
    return lists


@dataclass
class Asking:
    """A client that asks for its list again and again from a thread, until it is left."""

    client: Client
    expected: dict[int, list[str]]
    """Ids of tracks by the version of the model."""
    seconds: list[float] = field(default_factory=list)
    versions: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask_on(self) -> None:
        while not self._over.is_set():
            started = time.perf_counter()
            try:
                served = self.client.recommended()
            except (httpx2.HTTPError, AssertionError, ValueError) as error:
                self.failures.append(repr(error))
                continue
            self.seconds.append(time.perf_counter() - started)
            self._compare(served)

    def _compare(self, served: dict[str, Any]) -> None:
        version = served["modelVersion"]
        self.versions.add(version)
        if [item["track"]["id"] for item in served["items"]] != self.expected[version]:
            self.failures.append(f"a list that model {version} does not give")


def milliseconds(askers: list[Asking], share: float) -> float:
    every = np.concatenate([asker.seconds for asker in askers])
    return 1000 * float(np.quantile(every, share))
