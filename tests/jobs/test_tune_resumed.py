"""A search that is taken up again goes on from what still holds, or else begins anew."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app import listening, tuning
from app.listening import EVENTS, USER_ITEMS, Listen
from app.ml import search_space
from app.ml.footing import footing_of
from app.ml.search import Search, Trial
from app.ml.search_space import Span
from app.models import Event, TrainingState
from app.models.columns import utc_now
from jobs import tune
from jobs.runtime import Runtime
from tests import making
from tests.jobs.test_tune import SECONDS, hurried, launched, tracks
from tests.jobs_at_work import waiting_jobs

__all__ = ["hurried", "launched", "tracks"]

TRIAL = Trial("popularity/binary", {}, "complete", 0.1, 0.1, 9.5)


def _state(rt: Runtime, number: int) -> TrainingState:
    with rt.database.read() as session:
        return tuning.tuning(session, number).state


def _trials(rt: Runtime, number: int) -> list[Trial]:
    with rt.database.read() as session:
        return tuning.trials(session, number)


def _die(rt: Runtime, number: int, trial: Trial = TRIAL) -> None:
    """It recorded a trial, and was heard of no more."""
    with rt.database.write() as session:
        row = tuning.start(session, number)
        train, split = tune._validation(session, row.last_event_id or 0)
        search = Search(seconds=SECONDS, seed=row.seed)
        assert tuning.stand_on(session, number, footing_of(train, search, split)) == 0
        tuning.progress(session, number, 0.9, [trial])
        row.heartbeat_at = utc_now() - timedelta(minutes=5)


def _go_on(rt: Runtime, number: int) -> int:
    """It is taken up and ends; how many of its trials were set aside."""
    assert tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30)) == [number]
    tune._tune(rt, number)
    assert _state(rt, number) is TrainingState.FINISHED
    with rt.database.read() as session:
        return tuning.set_aside_of(session, [number]).get(number, 0)


@pytest.mark.usefixtures("hurried")
def test_listens_that_came_meanwhile_change_nothing(
    rt: Runtime, tracks: list[int], launched: int
) -> None:
    _die(rt, launched)
    with rt.database.write() as session:
        newcomer = making.user(session, "newcomer")
        for track in tracks[:5]:
            listening.record_listen(session, newcomer, Listen(track, utc_now()))
    rt.queue.redis.flushdb()
    assert _go_on(rt, launched) == 0
    assert _trials(rt, launched)[0] == TRIAL


@pytest.mark.usefixtures("hurried")
def test_what_was_measured_on_listens_that_are_gone_is_set_aside(
    rt: Runtime, launched: int
) -> None:
    _die(rt, launched)
    with rt.database.write() as session:
        erased = session.exec(select(Event.user_id).order_by(col(Event.id))).first()
        assert erased is not None
        for table in (EVENTS, USER_ITEMS):
            session.connection().execute(table.delete().where(table.c.user_id == erased))
    rt.queue.redis.flushdb()
    assert _go_on(rt, launched) == 1
    assert TRIAL not in _trials(rt, launched)
    with rt.database.read() as session:
        assert tuning.spent(session, launched) > TRIAL.seconds, "its time is gone"


@pytest.mark.usefixtures("hurried")
def test_what_was_tried_in_another_space_is_set_aside(
    rt: Runtime, launched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version has other limits: the sampler would refuse what lies beyond them."""
    beyond = Trial("rp3beta/binary", {"alpha": 1.4, "beta": 0.3}, "complete", 0.9, 0.9, 1.0)
    _die(rt, launched, beyond)
    narrower = {"alpha": Span(0.5, 1.0), "beta": Span(0, 0.9)}
    monkeypatch.setitem(search_space._SPANS, "rp3beta", narrower)
    rt.queue.redis.flushdb()
    assert _go_on(rt, launched) == 1
    assert beyond not in _trials(rt, launched)


@pytest.mark.usefixtures("hurried")
def test_after_its_worker_died_it_goes_on_with_the_time_that_is_left(
    rt: Runtime, launched: int
) -> None:
    _die(rt, launched)
    rt.queue.redis.flushdb()
    assert tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30)) == [launched]
    assert _state(rt, launched) is TrainingState.QUEUED
    (job,) = waiting_jobs(rt.queue)
    assert job.args == [launched]
    with rt.database.read() as session:
        search = tune._search(rt, tuning.tuning(session, launched))
    assert search.seconds == tune._LEAST_SECONDS
    tune._tune(rt, launched)
    assert _state(rt, launched) is TrainingState.FINISHED
    assert _trials(rt, launched)[0] == TRIAL
