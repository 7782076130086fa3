"""Web processes follow the champion: told at once, else by the poll."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app import placing, training
from app.db import Database
from app.ml.model_slot import LoadedModel
from app.models import Alert, Event, Track, UserItem
from app.queue import JobQueue
from app.serving import ChampionFollower, Reload
from app.settings import Settings
from tests.serving.conftest import Crown, Follow, WatchedSlot

_NEVER_SECONDS = 3600.0


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


def test_files_are_read_again_by_every_process_and_once(
    follow: Follow,
    slot: WatchedSlot,
    queue: JobQueue,
    crown: Crown,
    settings: Settings,
    database: Database,
) -> None:
    version = crown()
    follower = follow(_NEVER_SECONDS)
    assert follower.has_looked()
    assert follower.has_looked()
    other = ChampionFollower(settings, database, queue, WatchedSlot())
    assert other.reload_everywhere() == Reload(version, changed=True)
    assert follower.has_looked()
    assert slot.versions == [version] * 2
    follower.reload_everywhere()
    assert follower.has_looked()
    assert slot.versions == [version] * 3, "what it has told itself has it read nothing"


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


@pytest.mark.parametrize(
    "trouble", [OperationalError("SELECT", {}, Exception("away")), MemoryError()], ids=type
)
def test_trouble_for_a_while_stops_nothing(
    follow: Follow,
    slot: WatchedSlot,
    crown: Crown,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Exception,
) -> None:
    champion, failed = training.champion, threading.Event()

    def away(session: Session) -> training.Champion | None:
        if not failed.is_set():
            failed.set()
            raise trouble
        return champion(session)

    version = crown()
    monkeypatch.setattr(training, "champion", away)
    follower = follow(0.05)
    assert failed.is_set()
    assert slot.serves(version)
    assert follower.is_following


def test_a_web_process_starts_on_an_emptied_catalogue(
    follow: Follow, slot: WatchedSlot, crown: Crown, database: Database
) -> None:
    version = crown()
    with database.write() as session:
        for table in (Event, UserItem, Track):
            session.connection().execute(delete(table))
    follower = follow(_NEVER_SECONDS)
    assert follower.has_looked()
    assert slot.serves(version)
    assert follower.is_following


def test_a_model_whose_newcomers_cannot_be_placed_serves_and_somebody_is_told(
    follow: Follow,
    slot: WatchedSlot,
    crown: Crown,
    newcomer: int,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(placing, "Newcomers", _fail)
        follower = follow(0.05)
        version = crown()
        assert slot.serves(version)
        assert [follower.has_looked() for _ in range(3)]
    assert slot.ranks(newcomer)
    with database.read() as session:
        told = session.exec(select(Alert)).all()
    assert {row.kind for row in told} == {"serving"}
    assert len({row.message for row in told}) == len(told)
    assert all("MemoryError: all of it is used" in row.message for row in told)


def _fail(*_: object) -> LoadedModel:
    raise MemoryError("all of it is used")


def test_a_version_is_never_served_without_its_newcomers(
    follow: Follow, slot: WatchedSlot, crown: Crown, newcomer: int, queue: JobQueue
) -> None:
    """Neither at the start, nor after a promotion, nor when it is loaded again."""
    first = crown()
    follower = follow(_NEVER_SECONDS)
    assert slot.serves(first)
    second = crown()
    queue.announce_champion(second)
    assert slot.serves(second)
    follower.reload(force=True)
    assert slot.versions == [first, second, second]
    assert all(newcomer in known for known in slot.known)
