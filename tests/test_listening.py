"""Listens and feedback as clients report them: the same one counts once, nonsense not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app import listening
from app.db import Database
from app.errors import InvalidInput, TrackNotFound
from app.listening import EVENTS, Listen, Origin, Outcome, TrackState
from app.models import EventKind, Feedback
from app.models.columns import utc_now
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEW, KNOWN = Outcome.NEW, Outcome.KNOWN


def _world(session: Session) -> tuple[int, int]:
    """A listener and a track."""
    return making.user(session), making.track(session, "Sinnerman")


def _events(session: Session) -> list[Any]:
    return list(session.connection().execute(select(EVENTS).order_by(EVENTS.c.id)))


def test_a_listen_is_kept_with_its_origin(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        origin = Origin("phone", "list-1", 3)
        assert (
            listening.record_listen(session, ann, Listen(track, MOMENT, 200, "key", origin)) is NEW
        )
        (event,) = _events(session)
    assert (event.user_id, event.track_id, event.kind) == (ann, track, EventKind.LISTEN)
    assert (event.occurred_at, event.seconds_played, event.plays) == (MOMENT, 200, 1)
    assert (event.source, event.list_id, event.position) == ("phone", "list-1", 3)
    assert event.idempotency_key == "key"


def test_the_same_second_is_the_same_listen(database: Database) -> None:
    later = MOMENT.replace(microsecond=999_999)
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-7)))
    with database.write() as session:
        ann, track = _world(session)
        bob, other = making.user(session, "bob"), making.track(session, "Feeling Good")
        asked = [(ann, track, MOMENT), (ann, track, later), (ann, track, elsewhere)]
        asked += [(ann, track, MOMENT + SECOND), (bob, track, MOMENT), (ann, other, MOMENT)]
        told = [listening.record_listen(session, who, Listen(what, at)) for who, what, at in asked]
        state = listening.states_of(session, ann, [track])[track]
    assert told == [NEW, KNOWN, KNOWN, NEW, NEW, NEW]
    assert state.plays == 2


def test_the_same_key_is_the_same_listen(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        bob, other = making.user(session, "bob"), making.track(session, "Feeling Good")
        moments = (MOMENT + n * SECOND for n in range(9))
        assert listening.record_listen(session, ann, Listen(track, next(moments), None, "k")) is NEW
        assert (
            listening.record_listen(session, ann, Listen(track, next(moments), None, "k")) is KNOWN
        )
        assert (
            listening.record_listen(session, ann, Listen(other, next(moments), None, "k")) is KNOWN
        )
        assert listening.record_listen(session, ann, Listen(track, next(moments), None, "K")) is NEW
        assert listening.record_listen(session, bob, Listen(track, next(moments), None, "k")) is NEW
        assert listening.states_of(session, ann, [track, other]) == {
            track: TrackState(plays=2),
            other: TrackState(),
        }


def test_a_listen_told_by_many_at_once_counts_once(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)

    def tell(n: int) -> Outcome:
        listen = Listen(track, MOMENT if n % 2 else None, None, "k" if n % 2 else f"own-{n}")
        return database.transact(lambda session: listening.record_listen(session, ann, listen))

    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(tell, [1] * 16)).count(NEW)
    with database.read() as session:
        assert listening.states_of(session, ann, [track])[track].plays == new == 1


def test_many_listens_at_once_are_all_summed(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)

    def tell(n: int) -> Outcome:
        listen = Listen(track, MOMENT + n * SECOND)
        return database.transact(lambda session: listening.record_listen(session, ann, listen))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(tell, range(40))) == {NEW}
    with database.read() as session:
        assert listening.states_of(session, ann, [track])[track].plays == 40


def test_a_listen_without_a_time_is_now(database: Database) -> None:
    before = utc_now().replace(microsecond=0)
    with database.write() as session:
        ann, track = _world(session)
        listening.record_listen(session, ann, Listen(track))
        (event,) = _events(session)
    assert before <= event.occurred_at <= utc_now()
    assert event.occurred_at.microsecond == 0


def test_a_skip_is_no_listen(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        assert listening.record_skip(session, ann, Listen(track, MOMENT, 4)) is NEW
        assert listening.record_skip(session, ann, Listen(track, MOMENT, 4)) is KNOWN
        assert listening.record_listen(session, ann, Listen(track, MOMENT)) is NEW
        history = listening.history_of(session, ann)
        recent = listening.recent_track_ids(session, ann, 5)
    assert (history.plays.tolist(), history.skips.tolist()) == ([1], [1])
    assert recent == [track]


def test_a_track_that_was_only_skipped_was_not_listened_to(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        listening.record_skip(session, ann, Listen(track))
        assert not listening.has_listens(session)
        assert listening.recent_track_ids(session, ann, 5) == []
        listening.record_listen(session, ann, Listen(track))
        assert listening.has_listens(session)


def test_the_last_feedback_holds(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        for feedback in (Feedback.LOVED, Feedback.DISLIKED, None, Feedback.LOVED):
            listening.set_feedback(session, ann, track, feedback)
            assert listening.states_of(session, ann, [track])[track].feedback is feedback
        kinds = [event.kind for event in _events(session)]
    assert kinds == [EventKind.LOVE, EventKind.DISLIKE, EventKind.CLEAR, EventKind.LOVE]


def test_listening_and_feedback_leave_each_other_alone(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        listening.set_feedback(session, ann, track, Feedback.LOVED)
        listening.record_listen(session, ann, Listen(track, MOMENT))
        listening.set_feedback(session, ann, track, Feedback.DISLIKED)
        state = listening.states_of(session, ann, [track])[track]
    assert state == TrackState(plays=1, feedback=Feedback.DISLIKED)


def test_the_last_listened_come_first_each_once(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        first, second, third = making.tracks(session, 3)
        heard = [(first, 0), (second, 5), (third, 1), (first, 9), (second, 2)]
        for track, seconds in heard:
            listening.record_listen(session, ann, Listen(track, MOMENT + seconds * SECOND))
        assert listening.recent_track_ids(session, ann, 2) == [first, second]
        assert listening.recent_track_ids(session, ann, 9) == [first, second, third]


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT.replace(tzinfo=None),
        listening.EARLIEST - SECOND,
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
        utc_now() + timedelta(hours=1),
    ],
)
def test_an_impossible_time_is_refused(database: Database, moment: datetime) -> None:
    with database.write() as session:
        ann, track = _world(session)
        with pytest.raises(InvalidInput, match="listenedAt"):
            listening.record_listen(session, ann, Listen(track, moment))
        assert _events(session) == []


def test_a_clock_may_be_a_little_ahead() -> None:
    allowed = MOMENT + listening.CLOCK_SKEW
    assert listening.checked_time(allowed, MOMENT) == allowed
    with pytest.raises(InvalidInput):
        listening.checked_time(allowed + SECOND, MOMENT)


@pytest.mark.parametrize(
    ("field", "listen"),
    [
        ("secondsPlayed", Listen(0, seconds_played=-1)),
        ("secondsPlayed", Listen(0, seconds_played=24 * 3600 + 1)),
        ("idempotencyKey", Listen(0, idempotency_key="")),
        ("idempotencyKey", Listen(0, idempotency_key="x" * 129)),
        ("idempotencyKey", Listen(0, idempotency_key="\ud800")),
        ("idempotencyKey", Listen(0, idempotency_key="k ")),
        ("source", Listen(0, origin=Origin("x" * 65))),
        ("listId", Listen(0, origin=Origin(list_id="x" * 37))),
        ("position", Listen(0, origin=Origin(position=-1))),
        ("position", Listen(0, origin=Origin(position=2**31))),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused(
    database: Database, field: str, listen: Listen
) -> None:
    with database.write() as session:
        ann, track = _world(session)
        asked = Listen(track, MOMENT, listen.seconds_played, listen.idempotency_key, listen.origin)
        with pytest.raises(InvalidInput, match=field):
            listening.record_listen(session, ann, asked)
        assert _events(session) == []


def test_feedback_from_an_origin_that_cannot_be_kept_is_refused(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        with pytest.raises(InvalidInput, match="listId"):
            listening.set_feedback(session, ann, track, None, Origin(list_id="x" * 37))
        assert _events(session) == []


def test_a_track_that_is_not_there_is_named(database: Database) -> None:
    with database.write() as session:
        ann, track = _world(session)
        with pytest.raises(TrackNotFound):
            listening.record_listen(session, ann, Listen(track + 1000))
        with pytest.raises(TrackNotFound):
            listening.set_feedback(session, ann, track + 1000, Feedback.LOVED)


def test_nobody_cannot_listen(database: Database) -> None:
    with database.write() as session:
        _, track = _world(session)
    with pytest.raises(IntegrityError), database.write() as session:
        listening.record_listen(session, 12345, Listen(track))
