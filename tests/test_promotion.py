"""Promoting by hand, rolling back, and whose files are kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlmodel import Session, select

from app import listening, promotion, recommending, training
from app.db import Database
from app.errors import (
    BadArtifact,
    InvalidInput,
    NoChampion,
    NoPreviousChampion,
    TrainingNotFound,
)
from app.listening import Listen
from app.ml.model_slot import ModelSlot
from app.ml.recipe import Recipe
from app.models import User
from app.queue import JobQueue
from app.serving import ChampionFollower
from app.settings import Settings
from tests import making
from tests.announced import await_subscribed, next_told
from tests.damaging import overwrite
from tests.models_made import crowned, finished

_NOTICE_SECONDS = 0.3
"""Long enough for a change that need not wait to be through."""


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """Twelve of them, with one listener who played the first."""
    with database.write() as session:
        numbers = making.tracks(session, 12)
        listening.record_listen(session, making.user(session), Listen(numbers[0]))
    return numbers


def _champion(database: Database) -> int | None:
    with database.read() as session:
        found = training.champion(session)
    return found.version if found else None


def _line(database: Database) -> list[int]:
    with database.read() as session:
        return promotion.line(session)


def test_a_promotion_by_hand_is_on_record_and_announced(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    first, second = crowned(database, settings, tracks), finished(database, settings, tracks)
    with queue.champion_news() as news:
        await_subscribed(news)
        promoted = promotion.by_hand(database, queue, second, "root", "  fresher tracks ")
        assert int(next_told(news)) == second == promoted.version == _champion(database)
    row = promoted.promotion
    assert (row.promoted_by, row.reason, row.previous_id) == ("root", "fresher tracks", first)
    assert not row.is_rollback


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_promotion_needs_a_reason(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int], reason: str
) -> None:
    number = finished(database, settings, tracks)
    with pytest.raises(InvalidInput) as refused:
        promotion.by_hand(database, queue, number, "root", reason)
    assert refused.value.field == "reason"
    assert _champion(database) is None


def test_what_cannot_be_served_is_not_promoted(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    champion = crowned(database, settings, tracks)
    damaged = finished(database, settings, tracks)
    overwrite(settings.artifacts / training.artifact_name(damaged) / "track_ids.npy", b"?")
    with database.write() as session:
        unfinished = training.request(session, "root", Recipe(), seed=1).id or 0
    for number, error in (
        (champion, InvalidInput),
        (unfinished, InvalidInput),
        (unfinished + 1, TrainingNotFound),
        (damaged, BadArtifact),
    ):
        with pytest.raises(error):
            promotion.by_hand(database, queue, number, "root", "because")
    assert _line(database) == [champion]


def test_rolling_back_goes_one_further_back_each_time(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    first, second, third = (crowned(database, settings, tracks) for _ in range(3))
    for expected in (second, first):
        back = promotion.roll_back(database, queue, "root", "worse")
        assert back.promotion.is_rollback
        assert back.version == _champion(database) == expected
    with pytest.raises(NoPreviousChampion):
        promotion.roll_back(database, queue, "root", "worse")
    fourth = crowned(database, settings, tracks)
    assert _line(database) == [first, fourth]
    assert promotion.roll_back(database, queue, "root", "worse").version == first
    assert third not in _line(database)


def test_without_a_champion_there_is_nothing_to_go_back_from(
    database: Database, queue: JobQueue
) -> None:
    with pytest.raises(NoChampion):
        promotion.roll_back(database, queue, "root", "worse")


def test_a_rollback_sent_twice_goes_back_once(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    _, second, third = (crowned(database, settings, tracks) for _ in range(3))
    promotion.roll_back(database, queue, "root", "worse", version=third)
    with pytest.raises(InvalidInput) as refused:
        promotion.roll_back(database, queue, "root", "worse", version=third)
    assert refused.value.field == "version"
    assert _champion(database) == second


def test_a_model_may_be_champion_twice(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    first, second = crowned(database, settings, tracks), crowned(database, settings, tracks)
    promotion.by_hand(database, queue, first, "root", "it was better")
    assert _line(database) == [first, second, first]
    assert promotion.roll_back(database, queue, "root", "it was not").version == second
    with database.read() as session:
        newest = promotion.promotions(session, 10)
        assert promotion.count_promotions(session) == 4
        older = promotion.promotions(session, 10, newest[1].promotion.id)
    assert [champion.version for champion in newest] == [second, first, second, first]
    assert [champion.version for champion in older] == [second, first]


def test_changes_of_the_champion_take_turns(
    database: Database, settings: Settings, tracks: list[int]
) -> None:
    first, second = crowned(database, settings, tracks), finished(database, settings, tracks)
    third = finished(database, settings, tracks)

    def promote(session: Session, number: int) -> int | None:
        return training.promote(session, number, "root", "because").previous_id

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            assert promote(session, second) == first
            other = pool.submit(database.transact, lambda session: promote(session, third))
            assert not wait([other], _NOTICE_SECONDS).done
        assert other.result() == second


def test_after_a_rollback_lists_are_those_of_before(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    first = crowned(database, settings, tracks)
    slot = ModelSlot()
    follower = ChampionFollower(settings, database, queue, slot)

    def lists() -> list[list[tuple[int, float]]]:
        follower.reload()
        with database.read() as session:
            served = [
                recommending.recommend(session, slot.model, number or 0)
                for number in session.exec(select(User.id))
            ]
        return [[(item.track.id, item.score) for item in each.items] for each in served]

    before = lists()
    assert all(before)
    crowned(database, settings, tracks)
    assert lists() != before
    promotion.roll_back(database, queue, "root", "worse")
    assert lists() == before
    assert slot.model is not None
    assert slot.model.version == first
