"""Use-cases: the language that the pages speak to a user, and the time zone of their days."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from sqlmodel import Session

from app.errors import InvalidInput, UserNotFound
from app.errors.invalid import not_one_of
from app.models import User

LANGUAGES = ("en", "fr")
"""What the pages can speak; the first is what their texts are written in."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """None leaves either to the browser."""

    language: str | None
    time_zone: str | None
    """An IANA name."""


def of_user(session: Session, user_id: int) -> Preferences:
    """Raises UserNotFound."""
    user = _user(session, user_id)
    return Preferences(user.language, user.time_zone)


def set_preferences(
    session: Session, user_id: int, language: str | None, time_zone: str | None
) -> None:
    """None leaves either to the browser. Raises InvalidInput, UserNotFound."""
    if language is not None and language not in LANGUAGES:
        raise not_one_of("language", language, LANGUAGES)
    user = _user(session, user_id)
    user.language, user.time_zone = language, _checked_zone(time_zone)
    session.add(user)


def note_time_zone(session: Session, user_id: int, time_zone: str) -> None:
    """Keep what the browser says now; it counts where nothing is chosen. Raises InvalidInput."""
    user = _user(session, user_id)
    user.noted_time_zone = _checked_zone(time_zone)
    session.add(user)


@cache
def time_zones() -> list[str]:
    """The IANA names that stand for a place, in order."""
    return sorted({"UTC", *(name for name in available_timezones() if _is_place(name))})


def _is_place(name: str) -> bool:
    """Names without a region, and the regions Etc and SystemV, are leftovers of other systems."""
    return "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))


def _checked_zone(name: str | None) -> str | None:
    if name is not None and name not in available_timezones():
        raise InvalidInput("timeZone", f"must be an IANA name such as Europe/Paris, is {name!r}")
    return name


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user
