"""The record of listening: read by time, forgotten one by one, summed up by the local clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from app import listening
from app.db import Database
from app.errors import InvalidInput
from app.listening import EVENTS, Listen, TrackState
from app.models import EventKind, Feedback, UserItem
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _world(session: Session) -> tuple[int, int, int]:
    """A listener and two tracks."""
    one, two = making.tracks(session, 2)
    return making.user(session), one, two


def _undated(session: Session, user_id: int, track_id: int, plays: int) -> None:
    row = {"user_id": user_id, "track_id": track_id, "kind": EventKind.LISTEN, "plays": plays}
    session.connection().execute(insert(EVENTS), {**row, "source": "x", "recorded_at": MOMENT})


def test_the_newest_comes_first_and_pages_hold_when_listens_are_added(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
        for seconds in (3, 1, 2):
            listening.record_listen(session, ann, Listen(one, MOMENT + seconds * SECOND))
        listening.record_listen(session, ann, Listen(two, MOMENT + 2 * SECOND))
        listening.record_skip(session, ann, Listen(two, MOMENT))
        _undated(session, ann, one, 7)
        listening.record_listen(session, making.user(session, "bob"), Listen(one, MOMENT))
        read = listening.history(session, ann, 2)
        listening.record_listen(session, ann, Listen(two, MOMENT + 9 * SECOND))
        while rest := listening.history(session, ann, 2, read[-1].moment):
            read += rest
        assert listening.count_listens(session, ann) == 6
    ago = [(one.listened_at - MOMENT) / SECOND if one.listened_at else None for one in read]
    assert ago == [3, 2, 2, 1, None]
    assert [one.track_id for one in read[1:3]] == [two, one]
    assert read[-1].plays == 7


def test_a_forgotten_listen_leaves_the_sums(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
        for seconds in range(3):
            listening.record_listen(session, ann, Listen(one, MOMENT + seconds * SECOND))
        listening.record_listen(session, ann, Listen(two, MOMENT))
        listening.set_feedback(session, ann, two, Feedback.LOVED)
        newest, *_ = listening.history(session, ann, 9)
        (other,) = [past for past in listening.history(session, ann, 9) if past.track_id == two]
        bob = making.user(session, "bob")
        listening.record_listen(session, bob, Listen(one, MOMENT))
        (bobs,) = listening.history(session, bob, 9)
        gone = listening.forget_listens(session, ann, [newest.id, other.id, bobs.id])
        states = listening.states_of(session, ann, [one, two])
        recent = listening.recent_track_ids(session, ann, 9)
        assert listening.listens_by_id(session, ann, [newest.id, bobs.id]) == [None, None]
        assert len(listening.history(session, bob, 9)) == 1
    assert gone == [one, two]
    assert states == {one: TrackState(2), two: TrackState(0, Feedback.LOVED)}
    assert recent == [one]


def test_what_is_forgotten_whole_was_never_met(database: Database) -> None:
    with database.write() as session:
        ann, one, two = _world(session)
        for track in (one, two):
            listening.record_listen(session, ann, Listen(track, MOMENT))
        listening.set_feedback(session, ann, one, Feedback.DISLIKED)
        listening.record_skip(session, ann, Listen(one, MOMENT))
        assert listening.forget_track(session, ann, one) == 3
        assert listening.forget_track(session, ann, one) == 0
        (last,) = listening.history(session, ann, 9)
        assert listening.forget_listens(session, ann, [last.id]) == [two]
        assert len(listening.history_of(session, ann).track_ids) == 0


def test_a_pause_lasts_until_it_is_ended(database: Database) -> None:
    with database.write() as session:
        ann, one, _ = _world(session)
        for paused, kept in ((True, 0), (True, 0), (False, 1)):
            listening.set_paused(session, ann, paused=paused)
            assert listening.is_paused(session, ann) is paused
            listening.record_listen(session, ann, Listen(one))
            assert listening.count_listens(session, ann) == kept


def test_loved_tracks_by_pages(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        tracks = making.tracks(session, 4)
        for track in (tracks[2], tracks[0], tracks[1], tracks[3], tracks[0]):
            listening.set_feedback(session, ann, track, Feedback.LOVED)
        listening.set_feedback(session, ann, tracks[1], None)
        assert _rated(session, ann, Feedback.LOVED) == [tracks[0], tracks[3], tracks[2]]
        (first,) = listening.rated(session, ann, Feedback.LOVED, 1)
        (second,) = listening.rated(session, ann, Feedback.LOVED, 1, first)
        behind = listening.rated(session, ann, Feedback.LOVED, 9, second)
        assert [first.track_id, second.track_id] == [tracks[0], tracks[3]]
        assert [one.track_id for one in behind] == [tracks[2]]
        assert listening.count_rated(session, ann, Feedback.LOVED) == 3
        listening.set_feedback(session, ann, tracks[3], Feedback.DISLIKED)
        assert _rated(session, ann, Feedback.DISLIKED) == [tracks[3]]
        assert listening.count_rated(session, ann, Feedback.DISLIKED) == 1


def test_feedback_that_no_event_tells_of_is_listed_last_and_by_pages(database: Database) -> None:
    with database.write() as session:
        ann, tracks = making.user(session), making.tracks(session, 3)
        session.add_all(
            UserItem(user_id=ann, track_id=track, feedback=Feedback.LOVED) for track in tracks[:2]
        )
        session.flush()
        listening.set_feedback(session, ann, tracks[2], Feedback.LOVED)
        expected, seen = [tracks[2], tracks[1], tracks[0]], []
        after = None
        while page := listening.rated(session, ann, Feedback.LOVED, 1, after):
            (after,) = page
            seen.append(after.track_id)
        assert seen == expected


def _rated(session: Session, user_id: int, feedback: Feedback) -> list[int]:
    return [one.track_id for one in listening.rated(session, user_id, feedback, 9)]


def test_months_and_hours_are_those_of_the_listeners_zone(database: Database) -> None:
    new_year = datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC)
    with database.write() as session:
        ann, one, two = _world(session)
        for moment in (new_year, new_year + SECOND, MOMENT):
            listening.record_listen(session, ann, Listen(one, moment))
        listening.record_listen(session, ann, Listen(two, MOMENT))
        _undated(session, ann, one, 7)
        there = listening.statistics(session, ann, ZoneInfo("America/New_York"))
        year = listening.statistics(session, ann, ZoneInfo("America/New_York"), 2026)
        india = listening.statistics(session, ann, ZoneInfo("Asia/Kolkata"))
    assert there.months == [(2025, 12, 1), (2026, 1, 1), (2026, 2, 0), (2026, 3, 2)]
    assert (there.hours[2][23], there.hours[3][0], there.hours[6][13]) == (1, 1, 2)
    assert sum(map(sum, there.hours)) == 4
    assert (there.plays, there.undated, there.track_count, there.artist_count) == (11, 7, 2, 1)
    assert [(top.id, top.plays) for top in there.tracks] == [(one, 10), (two, 1)]
    assert [top.plays for top in there.artists] == [11]
    assert (year.plays, year.undated, year.months[0]) == (3, 0, (2026, 1, 1))
    assert (india.hours[3][10], india.months[0]) == (2, (2026, 1, 2))


def test_without_listens_statistics_are_empty(database: Database) -> None:
    with database.write() as session:
        nothing = listening.statistics(session, making.user(session))
        with pytest.raises(InvalidInput, match="year"):
            listening.statistics(session, 1, UTC, 10_000)
    assert (nothing.plays, nothing.months, nothing.tracks, nothing.artists) == (0, [], [], [])
