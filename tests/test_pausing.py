"""Pauses of the record: what was heard in one is never written down, and what was not always is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from app import listening
from app.db import Database
from app.listening import Listen, Outcome
from app.models import Event, RecordPause, User
from app.models.columns import utc_now
from tests import making

MINUTE = timedelta(minutes=1)
PAUSED = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
WENT_ON = PAUSED + 60 * MINUTE
HEARD = [
    (PAUSED - 4 * MINUTE, 240, Outcome.NEW),
    (PAUSED - 4 * MINUTE, 241, Outcome.PAUSED),
    (PAUSED - timedelta(seconds=1), None, Outcome.NEW),
    (PAUSED, 0, Outcome.PAUSED),
    (WENT_ON - timedelta(seconds=1), None, Outcome.PAUSED),
    (WENT_ON, 200, Outcome.NEW),
]
"""When it began, for how many seconds it was heard, and what becomes of it."""


def _paused(session: Session, user_id: int, *, is_over: bool) -> None:
    if is_over:
        making.pause(session, user_id, PAUSED, WENT_ON)
    else:
        session.get_one(User, user_id).paused_at = PAUSED
        session.flush()


@pytest.mark.parametrize("is_over", [True, False])
def test_what_was_heard_in_a_pause_is_not_recorded_whenever_it_is_sent(
    database: Database, *, is_over: bool
) -> None:
    expected = [
        Outcome.PAUSED if began >= WENT_ON and not is_over else outcome
        for began, _, outcome in HEARD
    ]
    with database.write() as session:
        ann, bob, cem = (making.user(session, name) for name in ("ann", "bob", "cem"))
        tracks = making.tracks(session, len(HEARD))
        for user in (ann, bob, cem):
            _paused(session, user, is_over=is_over)
        told = [
            Listen(track, began, seconds)
            for track, (began, seconds, _) in zip(tracks, HEARD, strict=True)
        ]
        assert [listening.record_listen(session, ann, one) for one in told] == expected
        assert [listening.record_skip(session, bob, one) for one in told] == expected
        assert listening.record_listens(session, cem, told) == expected
        for user in (ann, bob, cem):
            kept = session.exec(select(Event.track_id).where(Event.user_id == user)).all()
            assert len(kept) == expected.count(Outcome.NEW)


def test_a_batch_outside_of_every_pause_goes_in_whole(database: Database) -> None:
    with database.write() as session:
        ann, (one, *_) = making.user(session), making.tracks(session, 1)
        _paused(session, ann, is_over=True)
        told = [Listen(one, WENT_ON + n * MINUTE) for n in range(20)]
        assert listening.record_listens(session, ann, told) == [Outcome.NEW] * 20


def test_a_pause_is_remembered_from_its_begin_to_its_end(database: Database) -> None:
    with database.write() as session:
        ann, (one, *_) = making.user(session), making.tracks(session, 1)
        listening.set_paused(session, ann, paused=True)
        listening.set_paused(session, ann, paused=False)
        listening.set_paused(session, ann, paused=False)
        since = utc_now() - 10 * MINUTE
        session.get_one(User, ann).paused_at = since
        session.flush()
        listening.set_paused(session, ann, paused=True)
        listening.set_paused(session, ann, paused=False)
        kept = session.exec(select(RecordPause).where(RecordPause.began_at == since)).one()
        assert abs(kept.ended_at - utc_now()) < MINUTE
        meanwhile = Listen(one, since + MINUTE)
        assert listening.record_listen(session, ann, meanwhile) is Outcome.PAUSED
        assert listening.record_listen(session, ann, Listen(one)) is Outcome.NEW


def test_nobody_elses_pause_counts(database: Database) -> None:
    with database.write() as session:
        ann, bob = making.user(session), making.user(session, "bob")
        (one, *_) = making.tracks(session, 1)
        _paused(session, bob, is_over=True)
        assert listening.record_listen(session, ann, Listen(one, PAUSED)) is Outcome.NEW
