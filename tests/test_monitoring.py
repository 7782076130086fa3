"""Drift: quiet months raise nothing, a change of taste raises an alert at the next watch."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app import alerts, monitoring, training, watches
from app.db import Database
from app.drift import SignalName
from app.models import Alert, DriftWatch, Training, TrainingState
from app.models.columns import id_of
from app.observing import PREDICTIONS, K, Window
from app.queue import JobName, JobQueue
from app.settings import Settings
from jobs import watch_drift
from jobs.runtime import Runtime
from tests import making
from tests.histories import START, World, crown, served
from tests.jobs_at_work import waiting_jobs


def _day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def rt(settings: Settings, database: Database) -> Iterator[Runtime]:
    queue = JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()


def _alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return list(session.exec(select(Alert)))


def _lived(database: Database, days: int) -> tuple[World, int]:
    """A world a week old when its champion took office, and so many days after."""
    with database.write() as session:
        world = World.make(session)
        world.live(session, -7, 7, version=1)
        version = crown(session, _day(0))
        world.live(session, 0, days, version)
    return world, version


@pytest.mark.parametrize(
    ("settings", "days"),
    [("sqlite", 30), pytest.param("mariadb", 5, marks=pytest.mark.mariadb)],
    indirect=["settings"],
)
def test_stationary_days_raise_no_alert(rt: Runtime, days: int) -> None:
    """A month of them; whether another database tells the same is seen in a few."""
    _lived(rt.database, 14 + days)
    for day in range(15, 15 + days):
        assert watch_drift._watch_drift(rt, _day(day)) == []
    assert _alerts(rt.database) == []


def test_a_change_of_taste_is_told_in_plain_words(rt: Runtime) -> None:
    world, version = _lived(rt.database, 14)
    assert watch_drift._watch_drift(rt, _day(14)) == []
    world.change_tastes()
    with rt.database.write() as session:
        world.live(session, 14, 7, version)
    raised = watch_drift._watch_drift(rt, _day(21))
    assert {SignalName.NDCG, SignalName.CLICK_THROUGH} <= set(raised)
    assert not {SignalName.ACTIVITY, SignalName.UNKNOWN_LISTENERS} & set(raised)
    told = {alert.details["same"]: alert for alert in _alerts(rt.database)}
    assert set(told) == {name.value for name in raised}
    ndcg = told["ndcg"]
    assert ndcg.message.startswith("Lists fit less well: their NDCG fell from 0.")
    assert ndcg.message.endswith(
        f"over 48 listeners, against 2026-03-02 to 2026-03-09, after model {version}'s recipe was"
        " promoted. Train again, and see what is new."
    )
    assert ndcg.details["after"] < 0.8 * ndcg.details["before"]
    assert len(ndcg.details["click_through_before"]) == K


def test_the_same_drift_is_told_once_and_again_when_it_lasts(rt: Runtime) -> None:
    world, version = _lived(rt.database, 14)
    world.change_tastes()
    with rt.database.write() as session:
        world.live(session, 14, 7, version)
    raised = watch_drift._watch_drift(rt, _day(21))
    assert raised
    assert watch_drift._watch_drift(rt, _day(21)) == []
    with rt.database.write() as session:
        for alert in session.exec(select(Alert)):
            alerts.acknowledge(session, id_of(alert), "root")
    assert watch_drift._watch_drift(rt, _day(21)) == []
    with rt.database.write() as session:
        for alert in session.exec(select(Alert)):
            alert.created_at -= timedelta(hours=rt.settings.drift_quiet_hours + 1)
    assert watch_drift._watch_drift(rt, _day(21)) == raised


@pytest.mark.parametrize("retrains", [False, True])
def test_drift_may_retrain(rt: Runtime, *, retrains: bool) -> None:
    chosen = rt.settings.model_copy(update={"drift_retrains": retrains})
    world, version = _lived(rt.database, 14)
    watching = Runtime(chosen, rt.database, rt.queue)
    watch_drift._watch_drift(watching, _day(14))
    assert waiting_jobs(rt.queue) == []
    world.change_tastes()
    with rt.database.write() as session:
        world.live(session, 14, 7, version)
    watch_drift._watch_drift(watching, _day(21))
    started = [(job.func_name, job.args) for job in waiting_jobs(rt.queue)]
    assert started == ([(JobName.RETRAIN, ["drift"])] if retrains else [])


def test_a_retraining_that_did_not_come_about_is_asked_for_again(rt: Runtime) -> None:
    """One was under way, a server was away, or it failed: the alert is known by now."""
    chosen = rt.settings.model_copy(update={"drift_retrains": True})
    world, version = _lived(rt.database, 14)
    world.change_tastes()
    with rt.database.write() as session:
        world.live(session, 14, 7, version)
    watching = Runtime(chosen, rt.database, rt.queue)
    for watch in (1, 2):
        watch_drift._watch_drift(watching, _day(21))
        assert len(waiting_jobs(rt.queue)) == watch
    with rt.database.write() as session:
        row = Training(requested_by="drift", algorithm="als", seed=1)
        session.add(row)
    watch_drift._watch_drift(watching, _day(21))
    assert len(waiting_jobs(rt.queue)) == 2, "it is on its way"
    with rt.database.write() as session:
        training.fail(session, id_of(row), "no memory")
    watch_drift._watch_drift(watching, _day(21))
    assert len(waiting_jobs(rt.queue)) == 3
    with rt.database.write() as session:
        kept = session.get_one(Training, row.id)
        kept.state = TrainingState.FINISHED
        kept.created_at -= timedelta(hours=chosen.drift_quiet_hours + 1)
    watch_drift._watch_drift(watching, _day(21))
    assert len(waiting_jobs(rt.queue)) == 4, "it lasts"


def test_new_tracks_and_other_hours_are_noticed(rt: Runtime) -> None:
    world, version = _lived(rt.database, 14)
    with rt.database.write() as session:
        world.novelties = making.tracks(session, 10, "Newcomers")
        world.hour = 6
        world.live(session, 14, 7, version)
    raised = watch_drift._watch_drift(rt, _day(21))
    assert {SignalName.UNKNOWN_TRACKS, SignalName.POPULARITY, SignalName.ACTIVITY} <= set(raised)
    assert SignalName.UNKNOWN_LISTENERS not in raised


def test_new_listeners_are_noticed(rt: Runtime) -> None:
    world, version = _lived(rt.database, 14)
    with rt.database.write() as session:
        world.users[:30] = [making.user(session, f"newcomer {n}") for n in range(30)]
        world.live(session, 14, 7, version)
    raised = watch_drift._watch_drift(rt, _day(21))
    assert SignalName.UNKNOWN_LISTENERS in raised
    assert SignalName.NDCG not in raised


def test_a_turned_dial_is_no_drift(rt: Runtime) -> None:
    """Lists of the familiar foretell no first play: they are not held against the others."""
    world, version = _lived(rt.database, 21)
    with rt.database.write() as session:
        for n, user in enumerate(world.users):
            shown = world.heard[n][:K]
            lists = [
                served(user, shown, _day(day), version, discovery=0.0) for day in range(14, 21)
            ]
            session.connection().execute(PREDICTIONS.insert(), lists)
    report = _watch(rt, 21)
    assert report is not None
    assert report.dial is None
    assert report.drifted == []
    assert SignalName.NDCG in {signal.name for signal in report.signals}


def _watch(rt: Runtime, day: int) -> monitoring.Report | None:
    with rt.database.read() as session:
        return monitoring.watch(session, rt.settings, _day(day))


def test_nothing_is_compared_before_two_windows_are_over(rt: Runtime) -> None:
    assert _watch(rt, 14) is None
    _lived(rt.database, 14)
    assert _watch(rt, 13) is None
    report = _watch(rt, 14)
    assert report is not None
    assert (report.before, report.after) == (
        Window(_day(0), _day(7)),
        Window(_day(7), _day(14)),
    )


def test_a_refresh_of_the_recipe_keeps_what_is_compared_with(rt: Runtime) -> None:
    _lived(rt.database, 14)
    with rt.database.write() as session:
        newest = crown(session, _day(12))
    report = _watch(rt, 14)
    assert report is not None
    assert (report.version, report.before.since) == (newest, _day(0))
    with rt.database.write() as session:
        crown(session, _day(13), alpha=9.0)
    assert _watch(rt, 14) is None


def test_a_champion_of_long_ago_is_compared_with_last_month(rt: Runtime) -> None:
    _lived(rt.database, 1)
    report = _watch(rt, 300)
    assert report is not None
    assert report.before.since == _day(300 - 28)
    assert report.signals == []


def test_what_watches_found_is_kept_from_the_first_night_on(rt: Runtime) -> None:
    watch_drift._watch_drift(rt, _day(0))
    assert _watched(rt) == [], "nobody is champion"
    world, version = _lived(rt.database, 14)
    watch_drift._watch_drift(rt, _day(7))
    world.change_tastes()
    with rt.database.write() as session:
        world.live(session, 14, 7, version)
    watch_drift._watch_drift(rt, _day(21))
    later, first = _watched(rt)
    assert (later.watched_at, first.watched_at) == (_day(21), _day(7))
    assert {later.version, first.version} == {version}
    assert set(first.signals) == {"ndcg", "click_through"}
    assert first.signals["ndcg"]["before"] is None
    assert later.signals["ndcg"]["before"] == pytest.approx(first.signals["ndcg"]["value"])
    assert later.signals["ndcg"]["drifted"]
    assert later.signals["ndcg"]["value"] < first.signals["ndcg"]["value"]
    assert later.click_through["before"] == pytest.approx(first.click_through["after"])


def _watched(rt: Runtime) -> list[DriftWatch]:
    with rt.database.read() as session:
        return watches.watches(session, 10)
