"""The door-keeper: who is asking, may they, not from another site, and not too often."""

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app import access, accounts, rates
from app.access import COOKIE, Access, Caller, Viewer
from app.db import Database
from app.errors import CrossSiteRefused, InvalidCredentials, NotAllowed, NotSignedIn, RateLimited
from app.models import Role
from app.rates import network_of
from app.settings import Settings
from tests import making

PASSWORD = "correct horse"
OURS = {"host": "pytune.example"}
ATTEMPTS = 3
LISTENER = Viewer(1, "ann", Role.LISTENER)
ADMINISTRATOR = Viewer(2, "root", Role.ADMINISTRATOR)


def _caller(address: str = "10.0.0.1", **shown: str) -> Caller:
    return Caller(address, shown.get("bearer"), shown.get("cookie"))


@pytest.fixture
def few(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in_attempts_per_minute": ATTEMPTS})


@pytest.fixture
def door(few: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Knows ann; no time is spent on hashing."""
    with database.write() as session:
        making.user(session, "ann")
    monkeypatch.setattr(accounts, "password_matches", lambda given, _: given == PASSWORD)
    return Access(few, database)


def _fail(door: Access, name: str, address: str, times: int = ATTEMPTS) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            door.sign_in(_caller(address), name, "wrong", "test")


def _is_deaf(door: Access, name: str, address: str) -> bool:
    try:
        door.sign_in(_caller(address), name, PASSWORD, "test")
    except RateLimited:
        return True
    return False


def test_a_role_of_a_newer_version_is_a_listener_s(door: Access) -> None:
    token = door.sign_in(_caller(), "Ann", PASSWORD, "browser").token
    with door.database.write() as session:
        session.connection().execute(text("UPDATE user SET role = 'curator'"))
    viewer = door.viewer(_caller(bearer=token))
    assert access.required(viewer) == viewer
    with pytest.raises(NotAllowed) as refused:
        access.required(viewer, Role.ADMINISTRATOR)
    assert refused.value.values == {"role": "administrator", "actual": "curator"}


def test_who_signed_in_is_known_by_token_until_they_sign_out(door: Access) -> None:
    token = door.sign_in(_caller(), "Ann", PASSWORD, "browser").token
    for caller in (_caller(bearer=token), _caller(cookie=token)):
        viewer = door.viewer(caller)
        assert viewer is not None
        assert (viewer.name, viewer.role) == ("ann", Role.LISTENER)
    door.sign_out(_caller(cookie=token))
    assert door.viewer(_caller(bearer=token)) is None


def test_who_shows_nothing_or_nonsense_is_nobody(door: Access) -> None:
    for caller in (_caller(), _caller(bearer="nonsense"), _caller(cookie="\ud800")):
        assert door.viewer(caller) is None
        door.sign_out(caller)


def test_too_many_failures_make_the_door_deaf_to_the_name(door: Access) -> None:
    _fail(door, "ANN", "10.0.0.1")
    assert _is_deaf(door, "ann", "10.0.0.2")


def test_too_many_failures_make_the_door_deaf_to_the_address(door: Access) -> None:
    for name in ("bob", "carl", "\ud800"):
        _fail(door, name, "10.0.0.1", times=1)
    assert _is_deaf(door, "ann", "10.0.0.1")
    assert not _is_deaf(door, "ann", "10.0.0.2")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_stands_for_whoever_has_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_many_addresses_of_one_network_are_no_way_around(door: Access) -> None:
    for number, name in enumerate(("bob", "carl", "dave")):
        _fail(door, name, f"2001:db8::{number}", times=1)
    assert _is_deaf(door, "ann", "2001:db8::ffff:1")
    assert not _is_deaf(door, "ann", "2001:db8:0:1::1")


def test_signing_in_well_uses_up_nothing(door: Access) -> None:
    assert not any(_is_deaf(door, "ann", "10.0.0.1") for _ in range(2 * ATTEMPTS))


def test_asking_many_times_at_once_is_no_way_around(door: Access) -> None:
    def guess(_: int) -> type[Exception]:
        with pytest.raises((InvalidCredentials, RateLimited)) as refused:
            door.sign_in(_caller(), "ann", "wrong-password", "test")
        return refused.type

    with ThreadPoolExecutor(4 * ATTEMPTS) as guessers:
        answers = Counter(guessers.map(guess, range(4 * ATTEMPTS)))
    assert answers == {InvalidCredentials: ATTEMPTS, RateLimited: 3 * ATTEMPTS}


def test_processes_count_failures_together(door: Access, few: Settings, database: Database) -> None:
    other = Access(few, database)
    _fail(door, "ann", "10.0.0.1", times=1)
    _fail(other, "ann", "10.0.0.1", times=ATTEMPTS - 1)
    assert _is_deaf(door, "ann", "10.0.0.9")
    assert _is_deaf(other, "ann", "10.0.0.9")


@pytest.fixture
def silent_server(tmp_path: Path) -> Iterator[Path]:
    """Takes connections and never says a word."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        yield tmp_path / "s"


def test_without_the_key_value_server_each_process_counts(
    door: Access, few: Settings, database: Database, tmp_path: Path
) -> None:
    alone = Access(few.model_copy(update={"redis_url": f"unix://{tmp_path}/none"}), database)
    _fail(alone, "ann", "10.0.0.1")
    assert _is_deaf(alone, "ann", "10.0.0.9")
    assert not _is_deaf(door, "ann", "10.0.0.9")


def test_a_key_value_server_that_hangs_is_as_good_as_none(
    few: Settings,
    database: Database,
    door: Access,
    silent_server: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rates, "_ANSWER_SECONDS", 0.05)
    hanging = Access(few.model_copy(update={"redis_url": f"unix://{silent_server}"}), database)
    _fail(hanging, "ann", "10.0.0.1")
    assert _is_deaf(hanging, "ann", "10.0.0.1")
    assert not _is_deaf(door, "ann", "10.0.0.1")


@pytest.mark.parametrize(
    ("header", "bearer"),
    [
        (None, None),
        ("Bearer abc", "abc"),
        ("bearer   abc ", "abc"),
        ("Bearer", None),
        ("Bearer ", None),
        ("Basic abc", None),
        ("abc", None),
    ],
)
def test_the_bearer_token_is_taken_from_its_header(header: str | None, bearer: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    caller = access.caller_of(headers, {COOKIE: "crumb"}, None)
    assert (caller.bearer, caller.token, caller.address) == (bearer, bearer or "crumb", "unknown")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://pytune.example"},
        {"origin": "https://pytune.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_our_own_pages_and_programs_pass(headers: dict[str, str]) -> None:
    access.refuse_cross_site(OURS | headers, _caller(cookie="crumb"))


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "https://pytune.example.evil.example"},
    {"origin": "https://pytune.example:8443"},
    {"origin": "https://pytune.example@evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://[::1"},
    {"origin": "https://pytune.example", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "whatever"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(CrossSiteRefused):
        access.refuse_cross_site(OURS | headers, _caller(cookie="crumb"))


@pytest.mark.parametrize("origin", ["null", "", "http://[::1", "https://evil.example"])
def test_a_request_that_names_no_host_is_from_elsewhere(origin: str) -> None:
    with pytest.raises(CrossSiteRefused):
        access.refuse_cross_site({"origin": origin}, _caller(cookie="crumb"))


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_bearer_token_may_come_from_anywhere(headers: dict[str, str]) -> None:
    access.refuse_cross_site(OURS | headers, _caller(bearer="token"))


def test_a_role_is_needed() -> None:
    assert access.required(LISTENER) is LISTENER
    assert access.required(ADMINISTRATOR) is ADMINISTRATOR
    assert access.required(ADMINISTRATOR, Role.ADMINISTRATOR) is ADMINISTRATOR
    with pytest.raises(NotSignedIn):
        access.required(None)
    with pytest.raises(NotSignedIn):
        access.required(None, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        access.required(LISTENER, Role.ADMINISTRATOR)
