"""Alerts are raised once, however many processes notice the same."""

import threading
from datetime import timedelta

from sqlmodel import Session

from app import alerts
from app.db import Database
from app.models import AlertKind

_DAY = timedelta(days=1)


def _raise(session: Session) -> bool:
    return alerts.raise_alert(session, AlertKind.BAD_ARTIFACT, "x", {}, same="model-1", quiet=_DAY)


def test_of_two_processes_that_notice_the_same_one_tells(database: Database) -> None:
    """The second waits for what the first has not committed yet."""
    raised: list[bool] = []
    second = threading.Thread(target=lambda: raised.append(database.transact(_raise)))
    with database.write() as session:
        assert _raise(session)
        session.flush()
        second.start()
        second.join(0.5)
    second.join()
    assert raised == [False]
    with database.read() as session:
        assert alerts.count_alerts(session) == 1
