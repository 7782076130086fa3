"""The language and the time zone of a user."""

import pytest
from sqlmodel import Session

from app import preferences
from app.db import Database
from app.errors import InvalidInput, UserNotFound
from app.models import User
from tests import making


def test_both_are_kept_and_taken_back(database: Database) -> None:
    with database.write() as session:
        user_id = making.user(session, "ann")
        preferences.set_preferences(session, user_id, "fr", "Europe/Paris")
    assert _of(database, user_id) == ("fr", "Europe/Paris")
    with database.write() as session:
        preferences.set_preferences(session, user_id, None, None)
    assert _of(database, user_id) == (None, None)


def test_what_a_browser_says_counts_until_something_is_chosen(database: Database) -> None:
    with database.write() as session:
        user_id = making.user(session, "ann")
        assert _clock(session, user_id) is None
        for zone in ("Asia/Tokyo", "Europe/Paris"):
            preferences.note_time_zone(session, user_id, zone)
            assert _clock(session, user_id) == zone
            assert preferences.of_user(session, user_id).time_zone is None
        preferences.set_preferences(session, user_id, None, "Asia/Tokyo")
        preferences.note_time_zone(session, user_id, "Europe/Berlin")
        assert _clock(session, user_id) == "Asia/Tokyo"
        preferences.set_preferences(session, user_id, None, None)
        assert _clock(session, user_id) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "zone", "field"),
    [("tlh", None, "language"), (None, "Mars/Base", "timeZone"), (None, "../x", "timeZone")],
)
def test_what_is_none_is_refused(
    database: Database, language: str | None, zone: str | None, field: str
) -> None:
    with database.write() as session:
        user_id = making.user(session, "ann")
        with pytest.raises(InvalidInput) as refused:
            preferences.set_preferences(session, user_id, language, zone)
    assert refused.value.field == field


def test_of_nobody(database: Database) -> None:
    with database.write() as session, pytest.raises(UserNotFound):
        preferences.set_preferences(session, 404, "fr", None)


def test_zones_are_places() -> None:
    zones = preferences.time_zones()
    assert {"UTC", "Europe/Paris", "America/Argentina/Ushuaia"} <= set(zones)
    assert not {"EST", "Etc/GMT+5", "GB"} & set(zones)


def _clock(session: Session, user_id: int) -> str | None:
    return session.get_one(User, user_id).clock


def _of(database: Database, user_id: int) -> tuple[str | None, str | None]:
    with database.read() as session:
        user = session.get_one(User, user_id)
        return user.language, user.time_zone
