"""`pytune check` finds what does not agree, and nothing where all is well."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app import listening
from app.db import Database
from app.listening import Listen
from app.models import Feedback
from app.settings import Settings
from app.verifying import findings
from tests import making
from tests.damaging import overwrite
from tests.models_made import crowned

NAMELESS = """INSERT INTO external_id (source, kind, external_id, our_id, matched)
    VALUES ('x', 'track', '1', 999999, 0)"""


@pytest.fixture
def sound(settings: Settings, database: Database) -> list[int]:
    """Two listeners, three tracks, every kind of event, and a champion; the tracks."""
    with database.write() as session:
        tracks = making.tracks(session, 3)
        for name in ("ann", "bob"):
            user = making.user(session, name)
            listening.record_listen(session, user, Listen(tracks[0]))
            listening.record_skip(session, user, Listen(tracks[1]))
            listening.set_feedback(session, user, tracks[2], Feedback.LOVED)
            listening.set_feedback(session, user, tracks[0], Feedback.DISLIKED)
            listening.set_feedback(session, user, tracks[0], None)
    crowned(database, settings, tracks)
    return tracks


def _found(database: Database, settings: Settings) -> list[str]:
    with database.read() as session:
        return list(findings(session, settings))


@pytest.mark.usefixtures("sound")
def test_where_all_is_well_nothing_is_found(settings: Settings, database: Database) -> None:
    assert _found(database, settings) == []


def _sql(statement: str) -> Callable[[Session], Any]:
    return lambda session: session.connection().execute(text(statement))


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE user_item SET plays = plays + 1 WHERE plays > 0", "2 sums of a listener"),
        ("UPDATE user_item SET skips = 7 WHERE plays > 0", "2 sums of a listener"),
        ("UPDATE user_item SET last_listened_at = NULL", "2 sums of a listener"),
        ("DELETE FROM event WHERE kind = 'skip'", "2 sums of a listener"),
        ("DELETE FROM user_item WHERE skips > 0", "2 pairs of a listener"),
        ("UPDATE user_item SET feedback = NULL WHERE feedback = 'loved'", "2 loves and dislikes"),
        ("UPDATE user_item SET feedback = 'loved' WHERE skips > 0", "2 loves and dislikes"),
        (
            "UPDATE track SET merged_into_id = 999999 WHERE title = 'Song 0'",
            "1 merged tracks lead to tracks that are gone or merged themselves.",
        ),
        (NAMELESS, "1 ids of other catalogues name no track"),
    ],
)
def test_what_does_not_agree_is_found(
    settings: Settings, database: Database, damage: str, words: str
) -> None:
    database.transact(_sql(damage))
    (found, *more) = _found(database, settings)
    assert found.startswith(words)
    assert all("of tracks that were merged" in other for other in more)


def test_rows_that_refer_to_nothing_are_found(
    settings: Settings, database: Database, sound: list[int]
) -> None:
    off = (
        "PRAGMA foreign_keys = OFF"
        if database.url.get_backend_name() == "sqlite"
        else ("SET foreign_key_checks = 0")
    )
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(off)
        connection.execute(text(f"DELETE FROM track WHERE id = {sound[1]}"))
        connection.commit()
        connection.invalidate()
    found = _found(database, settings)
    assert "2 rows of event.track_id refer to no track." in found
    assert "2 rows of user_item.track_id refer to no track." in found


@pytest.mark.usefixtures("sound")
def test_a_damaged_champion_is_found(settings: Settings, database: Database) -> None:
    overwrite(next(settings.artifacts.glob("*/*.npy")), b"damaged")
    (found,) = _found(database, settings)
    assert "cannot be used" in found
