"""Whose files are kept: the last champions, where a rollback leads, and candidates for a while."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import listening, promotion, training
from app.db import Database
from app.errors import ModelRemoved
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models.columns import utc_now
from app.queue import JobQueue
from app.settings import Settings
from tests import making
from tests.models_made import crowned, finished


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


def _folders(settings: Settings) -> set[str]:
    return {path.name for path in settings.artifacts.iterdir()}


def test_the_last_champions_keep_their_files_and_old_candidates_do_not(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    keeping = settings.model_copy(update={"keep_champions": 2, "keep_candidates": 7.0})
    champions = [crowned(database, settings, tracks) for _ in range(4)]
    old = finished(database, settings, tracks, utc_now() - timedelta(days=8))
    new = finished(database, settings, tracks, utc_now() - timedelta(days=6))
    assert promotion.remove_old_models(database, keeping) == [*champions[:2], old]
    kept = [*champions[2:], new]
    assert _folders(settings) == {training.artifact_name(number) for number in kept}
    assert promotion.remove_old_models(database, keeping) == []
    with database.read() as session:
        assert training.count_trainings(session) == 6
    for number in (champions[0], old):
        with pytest.raises(ModelRemoved, match=f"Model {number} was cleared away on"):
            promotion.by_hand(database, queue, number, "root", "because")
    assert promotion.roll_back(database, queue, "root", "worse").version == champions[2]
    with pytest.raises(ModelRemoved):
        promotion.roll_back(database, queue, "root", "worse")
    with database.read() as session:
        champion = training.champion(session)
    assert champion is not None
    assert champion.version == champions[2]


def test_where_a_rollback_leads_is_kept_however_long_ago_it_was(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    keeping = settings.model_copy(update={"keep_champions": 2})
    first = crowned(database, settings, tracks)
    for _ in range(3):
        crowned(database, settings, tracks)
        promotion.roll_back(database, queue, "root", "worse")
    crowned(database, settings, tracks)
    promotion.remove_old_models(database, keeping)
    assert promotion.roll_back(database, queue, "root", "worse").version == first


def test_what_an_interrupted_clearing_left_goes_the_next_time(
    database: Database, settings: Settings, tracks: list[int]
) -> None:
    crowned(database, settings, tracks)
    number = finished(database, settings, tracks, utc_now() - timedelta(days=30))
    folder = settings.artifacts / training.artifact_name(number)
    files = sorted(folder.iterdir())
    promotion.remove_old_models(database, settings)
    folder.mkdir()
    (folder / files[0].name).write_bytes(b"half")
    assert promotion.remove_old_models(database, settings) == []
    assert not folder.exists()


def test_the_model_of_a_training_given_up_is_cleared_away(
    database: Database, settings: Settings, tracks: list[int]
) -> None:
    champion = crowned(database, settings, tracks)
    with database.write() as session:
        number = training.request(session, "root", Recipe(), seed=1).id or 0
        training.fail(session, number, "Its worker died. Train again.")
    (settings.artifacts / training.artifact_name(number)).mkdir()
    promotion.remove_old_models(database, settings)
    assert _folders(settings) == {training.artifact_name(champion)}
