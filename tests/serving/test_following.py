"""Web processes follow the champion: told at once, else by the poll."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import training
from app.db import Database
from app.queue import JobQueue
from app.serving import ChampionFollower
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
