"""Web processes follow the champion: told at once, or by the poll; never to a bad model."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app import listening, training
from app.db import Database
from app.listening import Listen
from app.ml.model_slot import LoadedModel, ModelSlot
from app.models import Alert, Training
from app.queue import JobQueue
from app.serving import ChampionFollower, Reload
from app.settings import Settings
from tests import making
from tests.models_made import crowned

_PATIENCE_SECONDS = 60
_NEVER_SECONDS = 3600.0


class WatchedSlot(ModelSlot):
    """Says when a model was swapped in."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: list[int] = []
        self._news = threading.Condition()

    def swap(self, model: LoadedModel | None) -> None:
        super().swap(model)
        with self._news:
            self.versions.append(model.version if model else 0)
            self._news.notify_all()

    def serves(self, version: int) -> bool:
        """Wait until it does."""
        with self._news:
            return self._news.wait_for(
                lambda: self.versions[-1:] == [version], timeout=_PATIENCE_SECONDS
            )


class WatchedFollower(ChampionFollower):
    """Says how often it has looked."""

    def __init__(
        self, settings: Settings, database: Database, queue: JobQueue, slot: ModelSlot
    ) -> None:
        super().__init__(settings, database, queue, slot)
        self._looks = threading.Semaphore(0)

    def _look(self) -> None:
        super()._look()
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
        tracks = making.tracks(session, 5)
        listening.record_listen(session, making.user(session), Listen(tracks[0]))
    return lambda: crowned(database, settings, tracks)


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


def _artifact(settings: Settings, database: Database, version: int) -> Path:
    with database.read() as session:
        row = session.get_one(Training, version)
    return settings.artifacts / str(row.artifact)


def _damage(settings: Settings, database: Database, version: int) -> None:
    file = min(_artifact(settings, database, version).glob("*.npy"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def _alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return list(session.exec(select(Alert)))


def test_without_a_champion_nothing_is_loaded(
    follower: ChampionFollower, slot: WatchedSlot
) -> None:
    assert follower.reload() == Reload(None, changed=False)
    assert follower.reload(force=True) == Reload(None, changed=False)
    assert slot.model is None


def test_the_champion_is_loaded_once(
    follower: ChampionFollower, slot: WatchedSlot, crown: Crown
) -> None:
    first = crown()
    assert follower.reload() == Reload(first, changed=True)
    assert follower.reload() == Reload(first, changed=False)
    assert follower.reload(force=True) == Reload(first, changed=True)
    second = crown()
    assert follower.reload() == Reload(second, changed=True)
    assert slot.versions == [first, first, second]


def test_the_old_model_is_not_changed_by_a_swap(
    follower: ChampionFollower, slot: WatchedSlot, crown: Crown
) -> None:
    first = crown()
    follower.reload()
    held = slot.model
    crown()
    follower.reload()
    assert held is not None
    assert held.version == first
    assert slot.model is not held


def test_a_damaged_model_is_reported_once_and_the_old_one_stays(
    settings: Settings,
    database: Database,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    first = crown()
    follower.reload()
    second = crown()
    _damage(settings, database, second)
    for _ in range(2):
        result = follower.reload()
        assert (result.version, result.changed) == (first, False)
        assert "damaged" in str(result.problem)
    assert slot.versions == [first]
    (alert,) = _alerts(database)
    assert (alert.kind, alert.details["version"]) == ("bad_artifact", second)
    assert "damaged" in alert.message


@pytest.mark.parametrize("missing", ["folder", "manifest.json", "array"])
def test_a_model_that_lacks_something_is_reported(
    settings: Settings, database: Database, follower: ChampionFollower, crown: Crown, missing: str
) -> None:
    folder = _artifact(settings, database, crown())
    files = list(folder.iterdir())
    if missing == "manifest.json":
        files = [folder / missing]
    elif missing == "array":
        files = sorted(folder.glob("*.npy"))[:1]
    for file in files:
        file.unlink()
    if missing == "folder":
        folder.rmdir()
    result = follower.reload()
    assert (result.version, result.changed) == (None, False)
    assert result.problem is not None
    assert len(_alerts(database)) == 1


def test_a_report_of_any_length_can_be_kept(
    settings: Settings, database: Database, queue: JobQueue, slot: WatchedSlot, crown: Crown
) -> None:
    crown()
    deep = settings.model_copy(update={"artifact_dir": Path("/", *["x" * 200] * 6)})
    assert ChampionFollower(deep, database, queue, slot).reload().problem is not None
    assert len(_alerts(database)) == 1


def test_a_promotion_is_followed_when_it_is_announced(
    follow: Follow, slot: WatchedSlot, queue: JobQueue, crown: Crown
) -> None:
    """It looks when it starts, and when it has begun to listen; then at news alone."""
    follower = follow(_NEVER_SECONDS)
    assert follower.has_looked()
    assert follower.has_looked()
    version = crown()
    assert slot.versions == []
    queue.announce_champion(version)
    assert slot.serves(version)


def test_a_promotion_that_was_not_heard_is_followed_at_the_poll(
    follow: Follow, slot: WatchedSlot, crown: Crown
) -> None:
    follow(0.05)
    assert slot.serves(crown())


def test_without_a_key_value_server_the_poll_is_left(
    settings: Settings, database: Database, slot: WatchedSlot, crown: Crown, tmp_path: Path
) -> None:
    nowhere = {"champion_poll_seconds": 0.05, "redis_url": f"unix://{tmp_path}/none"}
    alone = settings.model_copy(update=nowhere)
    follower = ChampionFollower(alone, database, JobQueue(alone), slot)
    follower.start()
    assert slot.serves(crown())
    follower.stop()


def test_a_database_that_is_away_for_a_while_stops_nothing(
    follow: Follow, slot: WatchedSlot, crown: Crown, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    champion, failed = training.champion, threading.Event()

    def away(session: Session) -> training.Champion | None:
        if not failed.is_set():
            failed.set()
            raise OperationalError("SELECT", {}, Exception("away"))
        return champion(session)

    version = crown()
    monkeypatch.setattr(training, "champion", away)
    follow(0.05)
    assert failed.is_set()
    assert slot.serves(version)


def test_a_follower_that_never_began_can_be_stopped(follower: ChampionFollower) -> None:
    follower.stop()
