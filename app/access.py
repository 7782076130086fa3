"""The one door-keeper of GraphQL and pages: who is asking, may they, and not too often."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from sqlalchemy.exc import OperationalError

from app import accounts
from app.accounts import SignIn
from app.db import Database
from app.errors import CrossSiteRefused, NotAllowed, NotSignedIn, RateLimited, TooManyRequests
from app.models import Role, User
from app.models.columns import id_of
from app.rates import Rates, Window, network_of
from app.settings import Settings

log = logging.getLogger(__name__)

COOKIE = "pytune_session"
_SAME_SITE = {"same-origin", "none"}
"""Values of Sec-Fetch-Site of our own pages and of an address typed by hand."""

_SONG_SEARCHES, _VIDEO_SEARCHES = RateLimitItemPerMinute(20), RateLimitItemPerMinute(20)
"""Of one user elsewhere: somebody else's server answers them, and could grow deaf to all of us."""
_PAGES = 5
"""As many as requests by the API: a page is made of parts, and asks again for what goes on."""
_WRONG_VIDEOS = RateLimitItemPerDay(50)
"""Of one user: each takes a video from everybody."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in."""

    id: int
    name: str
    role: Role
    language: str | None = None
    time_zone: str | None = None
    """The IANA name of the zone that their days are of: as chosen, else as their browser said."""
    has_chosen_zone: bool = False
    is_paused: bool = False
    """Nothing that they play is written down."""

    @property
    def is_administrator(self) -> bool:
        return self.role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request shows at the door."""

    address: str
    bearer: str | None
    cookie: str | None

    @property
    def token(self) -> str | None:
        """A bearer token goes before the cookie; the same thing otherwise."""
        return self.bearer or self.cookie


def caller_of(
    headers: Mapping[str, str], cookies: Mapping[str, str], address: str | None
) -> Caller:
    """Raises nothing: a header that makes no sense is no token."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return Caller(address or "unknown", bearer or None, cookies.get(COOKIE) or None)


def refuse_cross_site(headers: Mapping[str, str], caller: Caller) -> None:
    """Raise CrossSiteRefused where another site's page sent what a browser adds the cookie to.

    A bearer token is never added by a browser by itself, so its requests may come from anywhere.
    """
    if caller.bearer is not None:
        return
    origin = headers.get("origin")
    elsewhere = origin is not None and _host_of(origin) != headers.get("host", "")
    if elsewhere or headers.get("sec-fetch-site", "none") not in _SAME_SITE:
        raise CrossSiteRefused(origin=origin or "another site")


def _host_of(origin: str) -> str | None:
    """None for an origin that names none or makes no sense."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def required(viewer: Viewer | None, role: Role = Role.LISTENER) -> Viewer:
    """The viewer if they have the role. Raises NotSignedIn or NotAllowed."""
    if viewer is None:
        raise NotSignedIn
    if role is Role.ADMINISTRATOR and not viewer.is_administrator:
        raise NotAllowed(role=role.value, actual=str(viewer.role))
    return viewer


def retry_after(error: Exception) -> dict[str, str]:
    """The header that says when to come again, where the error does."""
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.values["retry_after_seconds"])}
    return {}


class Access:
    """Tokens to viewers, and sign-in that grows deaf to guessing."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self._rates = Rates(settings)
        self._attempts = RateLimitItemPerMinute(settings.sign_in_attempts_per_minute)
        self._of_users = RateLimitItemPerMinute(settings.requests_per_minute)
        self._of_strangers = RateLimitItemPerMinute(settings.strangers_requests_per_minute)

    def viewer(self, caller: Caller) -> Viewer | None:
        if caller.token is None:
            return None
        with self.database.read() as session:
            found = accounts.owner_of_token(session, caller.token)
        if found is None:
            return None
        user, is_to_note = found
        if is_to_note:
            self._note_use(caller.token)
        return Viewer(
            id_of(user),
            user.name,
            user.role,
            user.language,
            user.clock,
            has_chosen_zone=user.time_zone is not None,
            is_paused=user.paused_at is not None,
        )

    def _note_use(self, token: str) -> None:
        """Nobody is kept waiting at the door for it: the next request tries again."""
        try:
            with self.database.write() as session:
                accounts.note_use(session, token)
        except OperationalError as error:
            log.warning("a token's use was not noted", extra={"reason": str(error.orig)})

    def enter(self, caller: Caller) -> Viewer | None:
        """As `viewer`, counted: by user, and by address where nobody is signed in.

        Raises TooManyRequests.
        """
        viewer = self.viewer(caller)
        self.count(caller, viewer)
        return viewer

    def count(self, caller: Caller, viewer: Viewer | None) -> None:
        """A request, or what is as much. Raises TooManyRequests."""
        self._count_request(*self._counted(caller, viewer))

    def count_more(self, caller: Caller, viewer: Viewer | None, requests: int) -> None:
        """What one request asks for beyond one. Raises TooManyRequests.

        Where there is no room for it nothing is counted, unless others took the room meanwhile.
        To count and give back would fill up the next window, where this one ends in between.
        """
        limit, key = self._counted(caller, viewer)
        times = min(requests, limit.amount - 1)
        if not self._rates.has_room(limit, "requests", key, times=times):
            raise self._too_many(limit, "requests", key)
        self._count_request(limit, key, times=times)

    def count_page(self, caller: Caller, viewer: Viewer | None) -> None:
        """A page, a part of one or a form. Raises TooManyRequests."""
        limit, key = self._counted(caller, viewer)
        self._count_request(RateLimitItemPerMinute(_PAGES * limit.amount), key, "pages")

    def requests_left(self, caller: Caller, viewer: Viewer | None) -> Window:
        """Of whom `enter` counts; this counts nothing."""
        limit, key = self._counted(caller, viewer)
        return self._rates.window(limit, "requests", key)

    def sign_in(self, caller: Caller, name: str, password: str, token_name: str) -> SignIn:
        """Raises InvalidCredentials, or RateLimited after too many failures."""
        user = self.check_password(caller, name, password)
        lifetime = timedelta(days=self.settings.session_days)
        return self.database.transact(
            lambda session: accounts.open_session(session, user, lifetime, token_name)
        )

    def check_password(self, caller: Caller, name: str, password: str) -> User:
        """The user of that name and password. Raises InvalidCredentials or RateLimited.

        An attempt counts before the password is looked at, so that many at once are no way
        around; one that succeeds is given back to its window.
        """
        keys = (f"address:{network_of(caller.address)}", f"name:{accounts.name_key(name)}")
        loans = [self._rates.lend(self._attempts, "sign-in", key) for key in keys]
        with self.database.read() as session:
            known = accounts.user_by_name(session, name)
        user = accounts.proven(known, password)
        for loan in loans:
            self._rates.give_back(loan)
        return user

    def sign_out(self, caller: Caller) -> None:
        token = caller.token
        if token is not None:
            self.database.transact(lambda session: accounts.close_session(session, token))

    def count_song_search(self, viewer: Viewer) -> None:
        """Before another site is searched for a user. Raises RateLimited."""
        self._take_of_user(_SONG_SEARCHES, "song-searches", viewer)

    def count_video_search(self, viewer: Viewer) -> None:
        """Before a search for a video is enqueued for a user. Raises RateLimited."""
        self._take_of_user(_VIDEO_SEARCHES, "video-searches", viewer)

    def count_wrong_video(self, viewer: Viewer) -> None:
        """Before a video is set aside for a user. Raises RateLimited."""
        self._take_of_user(_WRONG_VIDEOS, "wrong-videos", viewer)

    def _counted(self, caller: Caller, viewer: Viewer | None) -> tuple[RateLimitItem, str]:
        if viewer:
            return self._of_users, f"user:{viewer.id}"
        return self._of_strangers, f"address:{network_of(caller.address)}"

    def _count_request(
        self, limit: RateLimitItem, key: str, what: str = "requests", times: int = 1
    ) -> None:
        if not self._rates.take(limit, what, key, times=times):
            raise self._too_many(limit, what, key)

    def _too_many(self, limit: RateLimitItem, what: str, key: str) -> TooManyRequests:
        seconds = self._rates.window(limit, what, key).seconds
        return TooManyRequests(retry_after_seconds=seconds, limit=limit.amount)

    def _take_of_user(self, limit: RateLimitItem, what: str, viewer: Viewer) -> None:
        key = f"user:{viewer.id}"
        if not self._rates.take(limit, what, key):
            raise RateLimited(retry_after_seconds=self._rates.window(limit, what, key).seconds)
