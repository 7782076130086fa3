"""Counts of listeners are written where they differ, and said to have changed there alone."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from app import changes, listening
from app.changes import Changes
from app.db import Database
from app.listening import Listen, counting
from app.models import Track
from tests import making


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """Five, of which the last three are counted wrongly."""
    with database.write() as session:
        tracks = [making.track(session, f"Song {n}", listener_count=n) for n in (2, 1, 7, 8, 9)]
        ann, bob = (making.user(session, name) for name in ("ann", "bob"))
        for user, track in ((ann, 0), (bob, 0), (ann, 1), (bob, 3)):
            listening.record_listen(session, user, Listen(tracks[track]))
        listening.record_skip(session, bob, Listen(tracks[4]))
    return tracks


def _counts(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.exec(select(Track.listener_count).order_by(Track.id)))  # type: ignore[arg-type]


def _told(database: Database, act: Callable[[], object]) -> Changes:
    """What is noted of it."""

    def begin(session: Session) -> int:
        changes.note(session, tracks=[999_999])
        return changes.last_note(session)

    before = database.transact(begin)
    act()
    with database.read() as session:
        return changes.since(session, before)


@pytest.mark.parametrize("at_once", [1, 2, 5_000])
def test_those_that_differ_are_written(
    database: Database, tracks: list[int], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(counting, "_LOOKED_AT", at_once)
    monkeypatch.setattr(counting, "_WRITTEN", at_once)
    told = _told(database, lambda: counting.recount_listeners(database))
    assert _counts(database) == [2, 1, 0, 1, 0]
    assert (told.tracks, told.everything) == (set(tracks[2:]), False)
    assert counting.recount_listeners(database) == 0


def test_only_those_asked_for_are_looked_at(database: Database, tracks: list[int]) -> None:
    told = _told(database, lambda: counting.recount_listeners(database, tracks[:3]))
    assert _counts(database) == [2, 1, 0, 8, 9]
    assert told.tracks == {tracks[2]}


def test_very_many_are_noted_as_everything(
    database: Database, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_NAMED", 2)
    told = _told(database, lambda: counting.recount_listeners(database, tracks))
    assert (told.tracks - {None}, told.everything) == (set(), True)
