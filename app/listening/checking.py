"""Listens as clients report them, and what of them can be kept."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.errors import InvalidInput, InvalidReason
from app.errors.invalid import out_of_range, wrong_length
from app.models.columns import utc_now
from app.models.listening import MAX_IDEMPOTENCY_KEY, MAX_LIST_ID, MAX_SOURCE
from app.text import is_sound

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Older dates come from broken clocks; MySQL's own functions begin here too."""
CLOCK_SKEW = timedelta(minutes=10)
"""How far ahead of ours a client's clock may be."""
MAX_SECONDS_PLAYED = 24 * 3600
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a listen came from: a client, and the served list and place if it was one."""

    source: str = "api"
    list_id: str | None = None
    position: int | None = None
    came_by: int | None = None
    """The row of external_id by which the client named the track."""


NOWHERE = Origin()
"""No list, and no client that says its name."""


@dataclass(frozen=True, slots=True)
class Listen:
    """A listen (or skip) as a client reports it; `listened_at` None means now."""

    track_id: int
    listened_at: datetime | None = None
    seconds_played: int | None = None
    idempotency_key: str | None = None
    origin: Origin = NOWHERE


def checked(listen: Listen) -> Listen:
    """The listen with its time in whole UTC seconds. Raises InvalidInput."""
    if listen.origin is not NOWHERE:
        check_origin(listen.origin)
    _check_key(listen.idempotency_key)
    seconds = listen.seconds_played
    if seconds is not None and not 0 <= seconds <= MAX_SECONDS_PLAYED:
        raise out_of_range("secondsPlayed", seconds, 0, MAX_SECONDS_PLAYED)
    now = utc_now()
    moment = checked_time(listen.listened_at or now, now)
    return listen if moment is listen.listened_at else replace(listen, listened_at=moment)


def checked_time(moment: datetime, now: datetime) -> datetime:
    """In UTC, whole seconds. Raises InvalidInput before 1970 or in the future."""
    if moment.tzinfo is None:
        raise InvalidInput("listenedAt", f"needs a time zone, such as {moment.isoformat()}Z")
    if not EARLIEST <= moment <= now + CLOCK_SKEW:
        problem = f"must lie between 1970 and now, is {moment.isoformat()}"
        times = {"given": moment, "least": EARLIEST, "most": now}
        raise InvalidInput("listenedAt", problem, InvalidReason.OUT_OF_RANGE, **times)
    whole = moment if not moment.microsecond else moment.replace(microsecond=0)
    return whole if whole.tzinfo is UTC else whole.astimezone(UTC)


def check_origin(origin: Origin) -> None:
    """Raises InvalidInput."""
    _check_text("source", origin.source, MAX_SOURCE)
    _check_text("listId", origin.list_id, MAX_LIST_ID)
    if origin.position is not None and not 0 <= origin.position <= _LARGEST:
        raise out_of_range("position", origin.position, 0, _LARGEST)


def _check_key(key: str | None) -> None:
    _check_text("idempotencyKey", key, MAX_IDEMPOTENCY_KEY)
    if key is not None and key.endswith(" "):
        # MySQL would take it for the same key without them.
        raise InvalidInput("idempotencyKey", f"must not end in blanks, is {key!r}")


def _check_text(field: str, value: str | None, limit: int) -> None:
    if value is None:
        return
    if not 0 < len(value) <= limit:
        raise wrong_length(field, len(value), 1, limit)
    if not is_sound(value):
        raise InvalidInput(field, "holds half a character, a lone surrogate")
