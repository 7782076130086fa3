"""What happened in a window: what lists are held against, and that it is held small."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from math import log2

import pytest
from sqlmodel import Session

from app import listening
from app.db import Database
from app.listening import EVENTS
from app.ml.metrics import ndcg_at_k
from app.models import EventKind, Feedback
from app.observing import PREDICTIONS, K, Observed, Window, observe, usual_dial
from tests import making
from tests.histories import played, served

START = datetime(2026, 3, 2, tzinfo=UTC)
LISTENS = 20_000
DAY = Window(START, START + timedelta(days=1))


def test_a_listen_takes_few_bytes(database: Database) -> None:
    with database.write() as session:
        user, track = making.user(session), making.track(session, "Jóga")
        rows = [
            {
                "user_id": user,
                "track_id": track,
                "kind": EventKind.LISTEN,
                "occurred_at": START + timedelta(seconds=n),
                "plays": 1,
                "source": "test",
                "recorded_at": START,
            }
            for n in range(LISTENS)
        ]
        session.connection().execute(EVENTS.insert(), rows)
    del rows
    with database.read() as session:
        tracemalloc.start()
        try:
            seen = observe(session, DAY, dial=None)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(seen.plays[user]) == LISTENS
    assert kept < 40 * LISTENS


def test_click_through_is_counted_by_position(database: Database) -> None:
    with database.write() as session:
        user, tracks = making.user(session), making.tracks(session, 3)
        first, second = (served(user, tracks, START + timedelta(hours=n)) for n in range(2))
        session.connection().execute(PREDICTIONS.insert(), [first, second])
        plays = [played(first, tracks[0], 1, minutes=1), played(second, tracks[2], 3, minutes=1)]
        session.connection().execute(EVENTS.insert(), plays)
        seen = observe(session, DAY, dial=None)
    assert seen.by_position == [0.5, 0.0, 0.5] + [None] * (K - 3)
    assert seen.click_through == {user: pytest.approx(1 / 3)}
    # After the first list both tracks were played, after the second one only the last.
    ideal = 1 + 1 / log2(3)
    assert seen.ndcg == {user: pytest.approx(((1 + 0.5) / ideal + 0.5) / 2)}


def _seen(session: Session, user: int, tracks: list[int], dial: float | None) -> Observed:
    """A list of five; of its tracks the listener knew 1 and 2 and dislikes 4, and then plays
    1, 2 and 3 twice and 4, 5 and one that was not shown once.
    """
    shown = served(user, tracks[:5], START, discovery=dial)
    session.connection().execute(PREDICTIONS.insert(), [shown])
    undated = {**played(shown, tracks[0], None, minutes=0), "occurred_at": None}
    known = [undated, played(shown, tracks[1], None, minutes=-60)]
    now = [
        played(shown, tracks[place], None, minutes=10 * time + place)
        for time, places in enumerate([range(6), range(3)], start=1)
        for place in places
    ]
    session.connection().execute(EVENTS.insert(), known + now)
    listening.set_feedback(session, user, tracks[3], Feedback.DISLIKED)
    return observe(session, DAY, dial)


@pytest.mark.parametrize("dial", [None, 0.0, 0.3, 1.0])
def test_first_plays_and_repeats_are_told_apart(database: Database, dial: float | None) -> None:
    with database.write() as session:
        user, tracks = making.user(session), making.tracks(session, 6)
        seen = _seen(session, user, tracks, dial)
    new = ndcg_at_k(tracks[:5], {tracks[2], tracks[4], tracks[5]}, K)
    again = ndcg_at_k(tracks[:5], {tracks[0], tracks[1]}, K)
    assert seen.ndcg == ({} if dial == 0 else {user: pytest.approx(new)})
    asked_for_familiar = dial in {0.0, 0.3}
    assert seen.repeat_ndcg == ({user: pytest.approx(again)} if asked_for_familiar else {})


def test_lists_of_another_dial_are_left_out(database: Database) -> None:
    with database.write() as session:
        ann, bob = making.user(session), making.user(session, "bob")
        tracks = making.tracks(session, 2)
        dials = [(ann, 0.3), (bob, 0.3), (ann, None), (ann, None), (ann, None), (bob, 0.0)]
        lists = [
            served(user, tracks[:1], START + timedelta(hours=n), discovery=dial)
            for n, (user, dial) in enumerate(dials)
        ]
        session.connection().execute(PREDICTIONS.insert(), lists)
        session.connection().execute(EVENTS.insert(), [played(lists[0], tracks[0], 1, minutes=1)])
        found = {dial: observe(session, DAY, dial).shown[0] for dial in (0.3, None, 0.0)}
        usual = usual_dial(session, DAY)
    assert found == {0.3: 2, None: 3, 0.0: 1}
    assert usual == 0.3, "most listeners', whoever asks most often"


def test_where_nothing_was_served_the_dial_is_the_usual_one(database: Database) -> None:
    with database.read() as session:
        assert usual_dial(session, DAY) is None
