"""Listens and feedback as models see them: whole, and between two moments."""

from datetime import UTC, datetime, timedelta
from math import isnan, nan
from typing import Any

import pytest
from sqlmodel import Session

from app import interactions, listening
from app.db import Database
from app.listening import Listen
from app.ml.interactions import Interactions
from app.models import Event, EventKind, Feedback
from tests import making

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def _day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


def _event(session: Session, user: int, track: int, kind: EventKind, at: datetime | None) -> None:
    plays = 3 if at is None else int(kind is EventKind.LISTEN)
    about: dict[str, Any] = {"user_id": user, "track_id": track, "source": "test"}
    session.add(Event(kind=kind, occurred_at=at, plays=plays, **about))
    session.flush()


def _rows(found: Interactions) -> list[tuple[float, ...]]:
    doings = found.doings
    columns = (found.listener_ids, found.track_ids, doings.plays, doings.skips, doings.feedback)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_without_events_there_are_no_pairs(database: Database) -> None:
    with database.read() as session:
        assert len(interactions.all_pairs(session)) == 0
        assert len(interactions.pairs_between(session, None, None)) == 0
        dated = interactions.dated_listens(session)
        assert (len(dated.listener_ids), len(dated.seconds)) == (0, 0)
        assert listening.last_event_id(session) == 0


def test_pairs_are_ordered_by_listener_and_track(database: Database) -> None:
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        one, two = making.tracks(session, 2)
        for user, track in [(bob, two), (ann, two), (bob, one), (ann, two)]:
            number = listening.last_event_id(session)
            listening.record_listen(session, user, Listen(track, _day(0) + number * _SECOND))
        listening.set_feedback(session, ann, one, Feedback.DISLIKED)
        assert _rows(interactions.all_pairs(session)) == [
            (ann, one, 0, 0, -1),
            (ann, two, 2, 0, 0),
            (bob, one, 1, 0, 0),
            (bob, two, 1, 0, 0),
        ]


_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("chunk", [1, 2, 50_000])
def test_chunks_leave_nothing_out(
    database: Database, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(interactions, "_CHUNK", chunk)
    with database.write() as session:
        ann, tracks = making.user(session), making.tracks(session, 5)
        for track in tracks:
            listening.record_listen(session, ann, Listen(track, _day(1)))
        assert interactions.all_pairs(session).track_ids.tolist() == tracks
        assert interactions.pairs_between(session, None, None).track_ids.tolist() == tracks
        dated = interactions.dated_listens(session)
    assert dated.listener_ids.tolist() == [ann] * 5
    assert dated.seconds.tolist() == [int(_day(1).timestamp())] * 5


@pytest.fixture
def spread(database: Database) -> tuple[Database, int, int]:
    """One pair over four days: undated, listen, love, skip and listen, dislike, clear."""
    with database.write() as session:
        ann, track = making.user(session), making.track(session, "Sinnerman")
        for kind, day in [
            (EventKind.LISTEN, None),
            (EventKind.LISTEN, 0),
            (EventKind.LOVE, 1),
            (EventKind.SKIP, 2),
            (EventKind.LISTEN, 2),
            (EventKind.DISLIKE, 3),
            (EventKind.CLEAR, 4),
        ]:
            _event(session, ann, track, kind, None if day is None else _day(day))
    return database, ann, track


@pytest.mark.parametrize(
    ("since", "before", "doings"),
    [
        (None, None, (5, 1, 0)),
        (None, 0, (3, 0, 0)),
        (None, 1, (4, 0, 0)),
        (None, 2, (4, 0, 1)),
        (None, 4, (5, 1, -1)),
        (0, None, (2, 1, 0)),
        (0, 1, (1, 0, 0)),
        (1, 2, (0, 0, 1)),
        (2, 3, (1, 1, 0)),
        (3, 4, (0, 0, -1)),
        (4, None, (0, 0, 0)),
    ],
)
def test_a_span_holds_its_begin_and_not_its_end(
    spread: tuple[Database, int, int],
    since: int | None,
    before: int | None,
    doings: tuple[int, ...],
) -> None:
    """What has no date counts as before every time; the last feedback of the span holds."""
    database, ann, track = spread
    span = (None if since is None else _day(since), None if before is None else _day(before))
    with database.read() as session:
        assert _rows(interactions.pairs_between(session, *span)) == [(ann, track, *doings)]


def test_pairs_know_their_last_listen_within_the_span(
    spread: tuple[Database, int, int],
) -> None:
    """Love, skip and dislike are no listens; what has no date tells none."""
    database, _, _ = spread
    with database.read() as session:
        last = [
            interactions.pairs_between(session, None if a is None else _day(a), _day(b)).latest()
            for a, b in ((None, 0), (None, 2), (None, 9), (3, 9))
        ]
    assert last == [None, _day(0).timestamp(), _day(2).timestamp(), None]


def test_all_pairs_know_their_last_listen(database: Database) -> None:
    with database.write() as session:
        ann, (one, two) = making.user(session), making.tracks(session, 2)
        for day in (3, 5, 4):
            listening.record_listen(session, ann, Listen(one, _day(day)))
        listening.set_feedback(session, ann, two, Feedback.LOVED)
        moments = interactions.all_pairs(session).doings.listened_at
        heard = listening.history_of(session, ann)
    assert moments is not None
    assert moments.tolist() == pytest.approx([_day(5).timestamp(), nan], nan_ok=True)
    known = dict(zip(heard.track_ids.tolist(), heard.listened_at.tolist(), strict=True))
    assert known[one] == _day(5).timestamp()
    assert isnan(known[two])


def test_only_listens_that_have_a_date_are_dated(spread: tuple[Database, int, int]) -> None:
    database, ann, _ = spread
    with database.read() as session:
        dated = interactions.dated_listens(session)
    assert dated.listener_ids.tolist() == [ann, ann]
    assert sorted(dated.seconds.tolist()) == [int(_day(n).timestamp()) for n in (0, 2)]


def test_the_newest_event_has_the_largest_number(spread: tuple[Database, int, int]) -> None:
    database, ann, track = spread
    with database.write() as session:
        before = listening.last_event_id(session)
        listening.record_listen(session, ann, Listen(track))
        assert listening.last_event_id(session) > before
