"""What happened in a window is held small: a window may have millions of listens."""

import tracemalloc
from datetime import UTC, datetime, timedelta

from app.db import Database
from app.listening import EVENTS
from app.models import EventKind
from app.observing import Window, observe
from tests import making

START = datetime(2026, 3, 2, tzinfo=UTC)
LISTENS = 20_000


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
    window = Window(START, START + timedelta(days=1))
    with database.read() as session:
        tracemalloc.start()
        try:
            seen = observe(session, window)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(seen.plays[user]) == LISTENS
    assert kept < 40 * LISTENS
