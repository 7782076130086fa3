"""Times are UTC in the database, and closed sets are kept as their values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import select

from app.db import Database
from app.models import Artist, Event, EventKind, UserItem
from app.models.columns import id_of, utc_now
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, 123456, tzinfo=UTC)


def _kept(database: Database, moment: datetime) -> datetime:
    with database.write() as session:
        artist = Artist(name="a", name_key="a", created_at=moment)
        session.add(artist)
        session.flush()
        number = id_of(artist)
    with database.read() as session:
        return session.get_one(Artist, number).created_at


def test_a_time_comes_back_to_the_microsecond(database: Database) -> None:
    assert _kept(database, MOMENT) == MOMENT


def test_a_time_elsewhere_comes_back_as_utc(database: Database) -> None:
    kept = _kept(database, MOMENT.astimezone(timezone(timedelta(hours=9))))
    assert kept == MOMENT
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        _kept(database, MOMENT.replace(tzinfo=None))


def test_a_closed_set_is_kept_as_its_value(database: Database) -> None:
    with database.write() as session:
        listener, track = making.user(session), making.track(session, "Blue")
        session.add(Event(user_id=listener, track_id=track, kind=EventKind.LOVE, source="test"))
    with database.read() as session:
        kept = session.connection().execute(text("SELECT kind FROM event")).scalar_one()
    assert kept == "love"


def test_what_a_newer_version_wrote_is_read_as_text_and_left_as_it_is(database: Database) -> None:
    with database.write() as session:
        listener, track = making.user(session), making.track(session, "Blue")
        session.add(Event(user_id=listener, track_id=track, kind=EventKind.LOVE, source="test"))
        session.flush()
        session.connection().execute(text("UPDATE event SET kind = 'hummed'"))
    with database.write() as session:
        (event,) = session.exec(select(Event))
        assert (str(event.kind), event.kind in set(EventKind)) == ("hummed", False)
        event.plays = 2
    with database.read() as session:
        kept = session.connection().execute(text("SELECT kind, plays FROM event")).one()
    assert tuple(kept) == ("hummed", 2)


def test_keys_tell_case_and_accents_apart(database: Database) -> None:
    keys = ["e", "E", "é", "\U0001f600", "\U0001f601"]
    with database.write() as session:
        session.add_all(Artist(name=key, name_key=key) for key in keys)
    with database.read() as session:
        statement = text("SELECT count(DISTINCT name_key) FROM artist")
        assert session.connection().execute(statement).scalar_one() == len(keys)


def test_a_row_has_no_id_before_it_is_written() -> None:
    with pytest.raises(ValueError, match="no id yet"):
        id_of(Artist(name="a", name_key="a"))


def test_now_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_sums_start_at_nothing() -> None:
    item = UserItem(user_id=1, track_id=1)
    assert (item.plays, item.skips, item.feedback) == (0, 0, None)
