"""Record one listen, skip or word of feedback, and its sum in the same transaction."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.errors import TrackNotFound
from app.listening.checking import NOWHERE, Listen, Origin, check_origin, checked
from app.listening.tables import EVENTS, USER_ITEMS, add_sums
from app.models import EventKind, Feedback, Track, User
from app.models.columns import utc_now
from app.writes import insert_once, upsert

_KIND_OF: dict[Feedback | None, EventKind] = {
    Feedback.LOVED: EventKind.LOVE,
    Feedback.DISLIKED: EventKind.DISLIKE,
    None: EventKind.CLEAR,
}


class Outcome(StrEnum):
    """What became of a listen or a skip."""

    NEW = "new"
    KNOWN = "known"
    """The same one was recorded before."""
    PAUSED = "paused"
    """The listener has paused the record: nothing was written."""


def record_listen(session: Session, user_id: int, listen: Listen) -> Outcome:
    """Record one listen and its sum. Raises InvalidInput, TrackNotFound.

    The same listener, track and UTC second, or the same idempotency key, is the same listen.
    """
    return _record(session, user_id, listen, EventKind.LISTEN)


def record_skip(session: Session, user_id: int, skip: Listen) -> Outcome:
    """Record that a track was left early; as `record_listen`."""
    return _record(session, user_id, skip, EventKind.SKIP)


def set_feedback(
    session: Session,
    user_id: int,
    track_id: int,
    feedback: Feedback | None,
    origin: Origin = NOWHERE,
) -> None:
    """Love, dislike, or None to clear; also while the record of listening is paused.

    Raises TrackNotFound, InvalidInput.
    """
    check_origin(origin)
    track_id, _ = _looked_up(session, user_id, track_id)
    event = {
        "user_id": user_id,
        "track_id": track_id,
        "kind": _KIND_OF[feedback],
        "occurred_at": utc_now(),
        "plays": 0,
        "source": origin.source,
        "list_id": origin.list_id,
        "position": origin.position,
        "recorded_at": utc_now(),
    }
    session.connection().execute(EVENTS.insert(), event)
    row = {"user_id": user_id, "track_id": track_id, "plays": 0, "skips": 0, "feedback": feedback}
    upsert(session, USER_ITEMS, row, _said)


def event_row(
    user_id: int, listen: Listen, kind: EventKind, recorded_at: datetime
) -> dict[str, Any]:
    """The event of a checked listen or skip."""
    return {
        "user_id": user_id,
        "track_id": listen.track_id,
        "kind": kind,
        "occurred_at": listen.listened_at,
        "plays": int(kind is EventKind.LISTEN),
        "seconds_played": listen.seconds_played,
        "source": listen.origin.source,
        "idempotency_key": listen.idempotency_key,
        "list_id": listen.origin.list_id,
        "position": listen.origin.position,
        "recorded_at": recorded_at,
    }


def _record(session: Session, user_id: int, told: Listen, kind: EventKind) -> Outcome:
    listen = checked(told)
    row = {**event_row(user_id, listen, kind, utc_now()), "who": user_id, "what": listen.track_id}
    try:
        if not insert_once(session, _EVENT_UNLESS_PAUSED, row):
            return Outcome.KNOWN
    except IntegrityError:
        kept, paused = _looked_up(session, user_id, listen.track_id)
        if paused:
            return Outcome.PAUSED
        if kept != listen.track_id:
            return _record(session, user_id, replace(listen, track_id=kept), kind)
        raise
    listened = kind is EventKind.LISTEN
    row = {
        "user_id": user_id,
        "track_id": listen.track_id,
        "plays": int(listened),
        "skips": int(not listened),
        "last_listened_at": listen.listened_at if listened else None,
    }
    upsert(session, USER_ITEMS, row, add_sums)
    return Outcome.NEW


def _said(_old: Any, new: Any) -> dict[str, Any]:
    return {"feedback": new.feedback}


def _looked_up(session: Session, user_id: int, track_id: int) -> tuple[int, bool]:
    """The id that the track goes by, and whether the record is paused. Raises TrackNotFound."""
    asked = {"asked_track": track_id, "asked_user": user_id}
    found, paused_at = session.connection().execute(_TRACK_AND_PAUSE, asked).one()
    if found is None:
        raise TrackNotFound(track_id)
    return found, paused_at is not None


_TRACK_AND_PAUSE = select_columns(
    select_columns(func.coalesce(col(Track.merged_into_id), col(Track.id)))
    .where(col(Track.id) == bindparam("asked_track"))
    .scalar_subquery(),
    select_columns(col(User.paused_at))
    .where(col(User.id) == bindparam("asked_user"))
    .scalar_subquery(),
)
"""Built once: that takes longer than to execute it."""

_EVENT_UNLESS_PAUSED = EVENTS.insert().values(
    user_id=select_columns(col(User.id))
    .where(col(User.id) == bindparam("who"), col(User.paused_at).is_(None))
    .scalar_subquery(),
    track_id=select_columns(col(Track.id))
    .where(col(Track.id) == bindparam("what"), col(Track.merged_into_id).is_(None))
    .scalar_subquery(),
)
"""Null, which the table refuses, where the track is gone or merged, or the record is paused: to ask
first would be one more way to the database and back, with every listen."""
