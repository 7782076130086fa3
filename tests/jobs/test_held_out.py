"""Where the gate tests: on what came last, unless that leaves too few listeners."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlmodel import Session

from app.listening import EVENTS
from app.models import EventKind
from jobs.held_out import hold_out
from jobs.runtime import Runtime
from jobs.training_data import read_training_data
from tests import making
from tests.histories import sum_up

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EACH, DAYS = 10, 20


def _heard(rt: Runtime, listeners: int, *, dated: bool) -> None:
    """Each plays some tracks, one after another over the days."""

    def write(session: Session) -> None:
        name = "dated" if dated else "undated"
        tracks = making.tracks(session, 2 * EACH)
        rng = np.random.default_rng(listeners)
        rows = [
            _play(user, int(track), BEGIN + timedelta(days=2 * n, seconds=user) if dated else None)
            for user in [making.user(session, f"{name} {n}") for n in range(listeners)]
            for n, track in enumerate(rng.choice(tracks, EACH, replace=False))
        ]
        session.connection().execute(EVENTS.insert(), rows)
        sum_up(session)

    rt.database.transact(write)


def _play(user: int, track: int, at: datetime | None) -> dict[str, Any]:
    return {
        "user_id": user,
        "track_id": track,
        "kind": EventKind.LISTEN,
        "plays": 1,
        "occurred_at": at,
        "source": "test",
    }


@pytest.mark.parametrize(
    ("dated", "undated", "wanted"),
    [
        (40, 0, ("in time", 40)),
        (24, 0, ("in time", 24)),
        (24, 100, ("drawn", 124)),
        (24, 4, ("in time", 24)),
        (0, 9, ("drawn", 9)),
    ],
)
def test_the_last_listens_are_held_out_where_they_leave_enough_listeners(
    rt: Runtime, dated: int, undated: int, wanted: tuple[str, int]
) -> None:
    for listeners, is_dated in ((dated, True), (undated, False)):
        if listeners:
            _heard(rt, listeners, dated=is_dated)
    with rt.database.read() as session:
        at, held = hold_out(session, read_training_data(session))
    assert ("drawn" if at is None else "in time", len(held)) == wanted
