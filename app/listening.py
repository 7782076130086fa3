"""Use-cases: record listens and feedback; what they say of a listener."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Table, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.errors import InvalidInput, TrackNotFound
from app.models import Event, EventKind, Feedback, Track, UserItem
from app.models.columns import utc_now
from app.models.listening import MAX_IDEMPOTENCY_KEY, MAX_LIST_ID, MAX_SOURCE
from app.text import is_sound
from app.writes import insert_once, upsert

EVENTS: Table = Event.__table__  # type: ignore[attr-defined]
USER_ITEMS: Table = UserItem.__table__  # type: ignore[attr-defined]

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Older dates come from broken clocks; MySQL's own functions begin here too."""
CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead of ours a client's clock may be."""
MAX_SECONDS_PLAYED = 24 * 3600
_LARGEST = 2**31 - 1

_KIND_OF: dict[Feedback | None, EventKind] = {
    Feedback.LOVED: EventKind.LOVE,
    Feedback.DISLIKED: EventKind.DISLIKE,
    None: EventKind.CLEAR,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a listen came from: a client, and the served list and place if it was one."""

    source: str = "api"
    list_id: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """A listen (or skip) as a client reports it; `listened_at` None means now."""

    track_id: int
    listened_at: datetime | None = None
    seconds_played: int | None = None
    idempotency_key: str | None = None
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class UserHistory:
    """All that a listener did, one row per track; every array is (n,)."""

    track_ids: np.ndarray[Any, np.dtype[np.int64]]
    plays: np.ndarray[Any, np.dtype[np.float32]]
    skips: np.ndarray[Any, np.dtype[np.float32]]
    feedback: np.ndarray[Any, np.dtype[np.float32]]
    """1 loved, -1 disliked, 0 neither."""


@dataclass(frozen=True, slots=True)
class TrackState:
    """What a listener did with one track."""

    plays: int = 0
    feedback: Feedback | None = None


def record_listen(session: Session, user_id: int, listen: Listen) -> bool:
    """Record one listen and its sum; whether it was new. Raises InvalidInput, TrackNotFound.

    The same listener, track and UTC second, or the same idempotency key, is the same listen.
    """
    return _record(session, user_id, checked(session, listen), EventKind.LISTEN)


def record_skip(session: Session, user_id: int, skip: Listen) -> bool:
    """Record that a track was left early; as `record_listen`."""
    return _record(session, user_id, checked(session, skip), EventKind.SKIP)


def set_feedback(
    session: Session,
    user_id: int,
    track_id: int,
    feedback: Feedback | None,
    origin: Origin = Origin(),
) -> None:
    """Love, dislike, or None to clear. Raises TrackNotFound, InvalidInput."""
    _check_track(session, track_id)
    _check_origin(origin)
    session.add(
        Event(
            user_id=user_id,
            track_id=track_id,
            kind=_KIND_OF[feedback],
            occurred_at=utc_now(),
            plays=0,
            source=origin.source,
            list_id=origin.list_id,
            position=origin.position,
        )
    )
    session.flush()
    row = {"user_id": user_id, "track_id": track_id, "plays": 0, "skips": 0, "feedback": feedback}
    upsert(session, USER_ITEMS, row, lambda _old, new: {"feedback": new.feedback})


def history_of(session: Session, user_id: int) -> UserHistory:
    """The listener's row of the interactions, read at the moment of the request."""
    rows = session.connection().execute(
        select_columns(
            USER_ITEMS.c.track_id, USER_ITEMS.c.plays, USER_ITEMS.c.skips, feedback_sign()
        ).where(USER_ITEMS.c.user_id == user_id)
    )
    table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 4)
    doings = (table[:, column].astype(np.float32) for column in (1, 2, 3))
    return UserHistory(table[:, 0].astype(np.int64), *doings)


def states_of(session: Session, user_id: int, track_ids: Sequence[int]) -> dict[int, TrackState]:
    """Plays and feedback of each of the tracks, those never met included."""
    statement = select(UserItem).where(
        UserItem.user_id == user_id, col(UserItem.track_id).in_(track_ids)
    )
    found = {row.track_id: TrackState(row.plays, row.feedback) for row in session.exec(statement)}
    return {track_id: found.get(track_id, TrackState()) for track_id in track_ids}


def recent_track_ids(session: Session, user_id: int, limit: int) -> list[int]:
    """The tracks last listened to, newest first, each once."""
    statement = (
        select(UserItem.track_id)
        .where(UserItem.user_id == user_id, col(UserItem.last_listened_at).is_not(None))
        .order_by(col(UserItem.last_listened_at).desc(), col(UserItem.track_id))
        .limit(limit)
    )
    return list(session.exec(statement))


def has_listens(session: Session) -> bool:
    some = select(UserItem.track_id).where(UserItem.plays > 0).limit(1)
    return session.exec(some).first() is not None


def last_event_id(session: Session) -> int:
    """Number of the newest event; 0 without any."""
    return session.exec(select(func.max(Event.id))).one() or 0


def checked(session: Session, listen: Listen) -> Listen:
    """The listen with its time in whole UTC seconds. Raises InvalidInput, TrackNotFound."""
    _check_track(session, listen.track_id)
    _check_origin(listen.origin)
    _check_text("idempotencyKey", listen.idempotency_key, MAX_IDEMPOTENCY_KEY)
    seconds = listen.seconds_played
    if seconds is not None and not 0 <= seconds <= MAX_SECONDS_PLAYED:
        raise InvalidInput("secondsPlayed", f"must be 0 to {MAX_SECONDS_PLAYED}, is {seconds}")
    return replace(listen, listened_at=checked_time(listen.listened_at or utc_now(), utc_now()))


def checked_time(moment: datetime, now: datetime) -> datetime:
    """In UTC, whole seconds. Raises InvalidInput before 1970 or in the future."""
    if moment.tzinfo is None:
        raise InvalidInput("listenedAt", f"needs a time zone, such as {moment.isoformat()}Z")
    if not EARLIEST <= moment <= now + CLOCK_SKEW:
        raise InvalidInput("listenedAt", f"must lie between 1970 and now, is {moment.isoformat()}")
    whole = moment if not moment.microsecond else moment.replace(microsecond=0)
    return whole.astimezone(UTC)


def _record(session: Session, user_id: int, listen: Listen, kind: EventKind) -> bool:
    event = {
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
        "recorded_at": utc_now(),
    }
    if not insert_once(session, EVENTS, event):
        return False
    _add_to_sum(session, user_id, listen, kind)
    return True


def _add_to_sum(session: Session, user_id: int, listen: Listen, kind: EventKind) -> None:
    listened = kind is EventKind.LISTEN
    row = {
        "user_id": user_id,
        "track_id": listen.track_id,
        "plays": int(listened),
        "skips": int(not listened),
        "last_listened_at": listen.listened_at if listened else None,
    }
    upsert(session, USER_ITEMS, row, add_sums)


def add_sums(old: Any, new: Any) -> dict[str, Any]:
    """What an upsert into user_item sets: sums added, the later time kept."""
    later = case(
        (new.last_listened_at.is_(None), old.last_listened_at),
        (old.last_listened_at.is_(None), new.last_listened_at),
        (new.last_listened_at > old.last_listened_at, new.last_listened_at),
        else_=old.last_listened_at,
    )
    return {
        "plays": old.plays + new.plays,
        "skips": old.skips + new.skips,
        "last_listened_at": later,
    }


def _check_track(session: Session, track_id: int) -> None:
    if session.exec(select(Track.id).where(Track.id == track_id)).first() is None:
        raise TrackNotFound(track_id)


def _check_origin(origin: Origin) -> None:
    _check_text("source", origin.source, MAX_SOURCE)
    _check_text("listId", origin.list_id, MAX_LIST_ID)
    if origin.position is not None and not 0 <= origin.position <= _LARGEST:
        raise InvalidInput("position", f"must be 0 to {_LARGEST}, is {origin.position}")


def _check_text(field: str, value: str | None, limit: int) -> None:
    if value is None:
        return
    if not 0 < len(value) <= limit:
        raise InvalidInput(field, f"must have 1 to {limit} characters, has {len(value)}")
    if not is_sound(value):
        raise InvalidInput(field, "holds half a character, a lone surrogate")


def feedback_sign() -> Any:
    """1 loved, -1 disliked, 0 neither: a column of a query on user_item."""
    feedback = USER_ITEMS.c.feedback
    return case((feedback == Feedback.LOVED, 1), (feedback == Feedback.DISLIKED, -1), else_=0)
