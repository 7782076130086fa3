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
from app.listening.pausing import PAUSED, RECORDING, end_of
from app.listening.tables import EVENTS, USER_ITEMS, add_sums
from app.models import EventKind, Feedback, Track
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
    """It was heard while the listener had paused the record: nothing was written."""


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
    track_id = _kept(session, track_id)
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
        "came_by": listen.origin.came_by,
    }


def _record(session: Session, user_id: int, told: Listen, kind: EventKind) -> Outcome:
    listen, now = checked(told), utc_now()
    began = listen.listened_at or now
    heard = {"who": user_id, "began": began, "ended": end_of(began, listen.seconds_played)}
    row = {**event_row(user_id, listen, kind, now), **heard, "what": listen.track_id}
    try:
        if not insert_once(session, _EVENT_UNLESS_PAUSED, row):
            return Outcome.KNOWN
    except IntegrityError:
        kept = _kept(session, listen.track_id)
        if session.connection().execute(PAUSED, heard).scalar() is not None:
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


def _kept(session: Session, track_id: int) -> int:
    """The id that the track goes by. Raises TrackNotFound."""
    found = session.connection().execute(_TRACK, {"asked": track_id}).scalar()
    if found is None:
        raise TrackNotFound(track_id)
    return int(found)


_TRACK = select_columns(func.coalesce(col(Track.merged_into_id), col(Track.id))).where(
    col(Track.id) == bindparam("asked")
)
"""Built once: that takes longer than to execute it."""

_EVENT_UNLESS_PAUSED = EVENTS.insert().values(
    user_id=RECORDING.scalar_subquery(),
    track_id=select_columns(col(Track.id))
    .where(col(Track.id) == bindparam("what"), col(Track.merged_into_id).is_(None))
    .scalar_subquery(),
)
"""Null, which the table refuses, where the track is gone or merged, or was heard in a pause of the
record: to ask first would be one more way to the database and back, with every listen."""
