"""Many listens at once: each is answered for itself, and counts once as a single one would."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app import listening
from app.db import Database
from app.errors import InvalidInput, TrackNotFound
from app.listening import EVENTS, Listen, Outcome
from app.models import User
from app.models.columns import utc_now
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEW, KNOWN, PAUSED = Outcome.NEW, Outcome.KNOWN, Outcome.PAUSED


def _world(session: Session) -> tuple[int, int, int]:
    """A listener and two tracks."""
    one, two = making.tracks(session, 2)
    return making.user(session), one, two


def test_each_is_answered_for_itself(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
        listening.record_listen(session, ann, Listen(one, MOMENT, idempotency_key="old"))
        outcomes = listening.record_listens(
            session,
            ann,
            [
                Listen(one, MOMENT),
                Listen(two, MOMENT),
                Listen(two, MOMENT),
                Listen(two, MOMENT + SECOND, idempotency_key="old"),
                Listen(two, MOMENT + 2 * SECOND, idempotency_key="k"),
                Listen(one, MOMENT + 3 * SECOND, idempotency_key="k"),
                Listen(two + 1000, MOMENT),
                Listen(two, utc_now() + timedelta(days=1)),
                Listen(one, MOMENT + 4 * SECOND, seconds_played=-1),
                Listen(one),
            ],
        )
        states = listening.states_of(session, ann, [one, two])
        recent = listening.recent_track_ids(session, ann, 5)
    assert outcomes[:6] == [KNOWN, NEW, KNOWN, KNOWN, NEW, KNOWN]
    assert isinstance(outcomes[6], TrackNotFound)
    problems = [problem.field for problem in outcomes if isinstance(problem, InvalidInput)]
    assert problems == ["listenedAt", "secondsPlayed"]
    assert outcomes[9] is NEW
    assert (states[one].plays, states[two].plays, recent) == (2, 2, [one, two])


def test_what_is_sent_again_is_known(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
    batch = [Listen((one, two)[n % 2], MOMENT + n * SECOND) for n in range(listening.MAX_BATCH)]
    for outcome in (NEW, KNOWN):
        told = database.transact(lambda session: listening.record_listens(session, ann, batch))
        assert told == [outcome] * len(batch)
    with database.read() as session:
        assert listening.states_of(session, ann, [one])[one].plays == len(batch) / 2
        assert listening.recent_track_ids(session, ann, 5) == [two, one]


def test_nothing_is_answered_with_nothing(database: Database) -> None:
    with database.write() as session:
        ann, *_ = _world(session)
        assert listening.record_listens(session, ann, []) == []


def test_too_many_are_refused_whole(database: Database) -> None:
    with database.write() as session:
        ann, one, _ = _world(session)
        batch = [Listen(one, MOMENT + n * SECOND) for n in range(listening.MAX_BATCH + 1)]
        with pytest.raises(InvalidInput, match="listens: must be at most 100, are 101"):
            listening.record_listens(session, ann, batch)
        assert not listening.has_listens(session)


def test_while_the_record_is_paused_nothing_is_kept(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
        session.get_one(User, ann).paused_at = utc_now()
        session.flush()
        told = listening.record_listens(session, ann, [Listen(one), Listen(two + 1000)])
        assert listening.record_listen(session, ann, Listen(one)) is PAUSED
        assert listening.record_skip(session, ann, Listen(one)) is PAUSED
        assert session.connection().execute(select(EVENTS)).all() == []
    assert told[0] is PAUSED
    assert isinstance(told[1], TrackNotFound)


def test_batches_and_single_ones_at_once_are_all_summed(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
    batch = [Listen((one, two)[n % 2], MOMENT + n * SECOND) for n in range(40)]

    def tell(n: int) -> int:
        if n % 2:
            work = database.transact(lambda session: listening.record_listens(session, ann, batch))
            return work.count(NEW)
        listen = batch[n]
        told = database.transact(lambda session: listening.record_listen(session, ann, listen))
        return int(told is NEW)

    with ThreadPoolExecutor(8) as pool:
        new = sum(pool.map(tell, range(24)))
    with database.read() as session:
        states = listening.states_of(session, ann, [one, two])
    assert (new, states[one].plays, states[two].plays) == (40, 20, 20)
