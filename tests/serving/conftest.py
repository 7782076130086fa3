"""Followers of the champion that say what they do, and champions to follow."""

import threading
from collections.abc import Callable, Iterator

import pytest

from app import listening
from app.db import Database
from app.listening import Listen
from app.ml.model_slot import LoadedModel, ModelSlot
from app.queue import JobQueue
from app.serving import ChampionFollower
from app.settings import Settings
from tests import making
from tests.models_made import crowned

_PATIENCE_SECONDS = 60
GENRE = "soul"


class WatchedSlot(ModelSlot):
    """Says when a model was swapped in."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: list[int] = []
        self.known: list[list[int]] = []
        """Ids of the tracks that each model ranks."""
        self._news = threading.Condition()

    def swap(self, model: LoadedModel | None) -> None:
        super().swap(model)
        with self._news:
            self.versions.append(model.version if model else 0)
            self.known.append(model.tracks.ids.tolist() if model else [])
            self._news.notify_all()

    def serves(self, version: int) -> bool:
        """Wait until it does."""
        with self._news:
            return self._news.wait_for(
                lambda: self.versions[-1:] == [version], timeout=_PATIENCE_SECONDS
            )

    def ranks(self, track_id: int) -> bool:
        """Wait until it does."""
        with self._news:
            return self._news.wait_for(
                lambda: bool(self.known) and track_id in self.known[-1], timeout=_PATIENCE_SECONDS
            )


class WatchedFollower(ChampionFollower):
    """Says how often it has looked."""

    def __init__(
        self, settings: Settings, database: Database, queue: JobQueue, slot: ModelSlot
    ) -> None:
        super().__init__(settings, database, queue, slot)
        self._looks = threading.Semaphore(0)

    def _look(self, *, force: bool = False) -> None:
        super()._look(force=force)
        self._looks.release()

    def has_looked(self) -> bool:
        """Wait for one more time."""
        return self._looks.acquire(timeout=_PATIENCE_SECONDS)


Crown = Callable[[], int]
Follow = Callable[[float], WatchedFollower]


@pytest.fixture
def crown(settings: Settings, database: Database) -> Crown:
    """Makes another champion; its version."""
    with database.write() as session:
        tracks = making.tracks(session, 5, genre=GENRE)
        listening.record_listen(session, making.user(session), Listen(tracks[0]))
    return lambda: crowned(database, settings, tracks)


@pytest.fixture
def newcomer(crown: Crown, database: Database) -> int:
    """A track that no champion was fitted on, and that can be placed by its genre."""
    with database.write() as session:
        return making.track(session, "New", "Nobody else", genre=GENRE)


@pytest.fixture
def slot() -> WatchedSlot:
    return WatchedSlot()


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def follower(
    settings: Settings, database: Database, queue: JobQueue, slot: WatchedSlot
) -> ChampionFollower:
    """Not started: it looks when it is asked to."""
    return ChampionFollower(settings, database, queue, slot)


@pytest.fixture
def follow(settings: Settings, database: Database, slot: WatchedSlot) -> Iterator[Follow]:
    """Starts a follower with a time between polls."""
    started: list[WatchedFollower] = []

    def start(poll_seconds: float) -> WatchedFollower:
        own = settings.model_copy(update={"champion_poll_seconds": poll_seconds})
        started.append(WatchedFollower(own, database, JobQueue(own), slot))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()
        one.queue.close()
