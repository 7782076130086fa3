"""Settings: where one is signed in, tokens for programs, another password; all without scripts."""

import re
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlmodel import col, select, update

from app import accounts, tokens
from app.access import COOKIE
from app.models import ApiToken
from app.models.columns import utc_now
from app.web.devices import UNKNOWN, device_of
from tests.web.conftest import OpenSite, Site
from tests.web.pages import attributes, text
from tests.web.world import PASSWORD

PROGRAM = col(ApiToken.is_program).is_(True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        (SAFARI, "Safari · iPhone"),
        (EDGE, "Edge · Windows"),
        ("curl/8.14.1", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_browser_is_called_by_itself_and_its_system(said: str, name: str) -> None:
    assert device_of(said) == name


def _made(site: Site, name: str = "My player") -> str:
    page = site.post("/settings/tokens", {"name": name, "days": "30"})
    assert page.status_code == 200
    (token,) = re.findall(r'id="made-token" value="([^"]+)"', page.text)
    return str(token)


def _enters(site: Site, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    answer = site.client.post("/graphql", json={"query": "{ viewer { name } }"}, headers=headers)
    return bool(answer.json()["data"]["viewer"] == {"name": "ann"})


def _sign_in(site: Site, agent: str) -> str:
    """The session of another browser of Ann's."""
    mine = site.client.cookies[COOKIE]
    site.client.cookies.clear()
    answer = site.post("/login", {"name": "ann", "password": PASSWORD}, **{"User-Agent": agent})
    token = answer.cookies[COOKIE]
    site.client.cookies.clear()
    site.client.cookies.set(COOKIE, mine)
    return token


def _settings(site: Site) -> str:
    return site.get("/settings").text


def test_a_token_is_shown_once_works_and_is_revoked(site: Site) -> None:
    token = _made(site)
    assert _enters(site, token)
    page = _settings(site)
    assert token not in page
    assert "My player Last used" in text(page)
    (address,) = [one for one in attributes(page, "action") if one.endswith("/revoke")]
    assert site.post(address, {}).headers["location"] == "/settings"
    assert not _enters(site, token)
    assert "My player" not in text(_settings(site))
    assert site.post(address, {}).status_code == 303, "what is gone already is as good"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": " ", "days": "30"}, "has 1 to 100 characters"),
        ({"name": "x", "days": "0"}, "ends after 1 to 366 days"),
        ({"name": "a\nb", "days": "30"}, "has 1 to 100 characters"),
    ],
)
def test_a_token_that_cannot_be_made_is_explained(
    site: Site, sent: dict[str, str], said: str
) -> None:
    answer = site.post("/settings/tokens", sent)
    assert answer.status_code == 422
    assert said in text(answer.text)
    assert "None yet." in text(_settings(site))


def test_a_token_too_many_is_explained(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_OF_PROGRAMS", 0)
    answer = site.post("/settings/tokens", {"name": "x", "days": "30"})
    assert answer.status_code == 422
    assert "Revoke one, then make another." in text(answer.text)


def test_one_browser_is_signed_out_or_all_but_this_one(site: Site) -> None:
    phone, desk, player = _sign_in(site, SAFARI), _sign_in(site, FIREFOX), _made(site)
    page = text(_settings(site))
    assert re.search(r"Firefox · Linux Last used .* Safari · iPhone Last used .*This browser", page)
    (address,) = re.findall(
        r'action="([^"]+)"[^>]*><button[^>]*aria-label="Sign out: Safari', _settings(site)
    )
    site.post(address, {})
    assert (_enters(site, phone), _enters(site, desk)) == (False, True)
    site.post("/settings/sign-out-elsewhere", {})
    assert (_enters(site, desk), _enters(site, player)) == (False, True)
    assert site.get("/settings").status_code == 200
    assert "Sign out everywhere else" not in _settings(site)


def test_nobody_ends_anothers_token(site: Site) -> None:
    token = _made(site)
    (address,) = [one for one in attributes(_settings(site), "action") if one.endswith("/revoke")]
    site.sign_in(site.world.newcomer)
    assert site.post(address, {}).status_code == 303
    assert _enters(site, token)


def _change(site: Site, current: str, password: str) -> Response:
    return site.post("/settings/password", {"current": current, "password": password})


def test_another_password_ends_all_else(site: Site) -> None:
    token = _made(site)
    answer = _change(site, PASSWORD, "staple it elsewhere")
    assert answer.status_code == 200
    assert "The new password holds." in text(answer.text)
    assert "staple" not in answer.text
    assert not _enters(site, token)
    assert site.get("/settings").status_code == 200
    with site.state.database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "ann"), "staple it elsewhere")


@pytest.mark.parametrize(
    ("current", "password", "status", "said"),
    [
        ("wrong", "long enough", 401, "That is not your password until now, so it stays."),
        (PASSWORD, "short", 422, "A password has 8 to 512 characters."),
    ],
)
def test_a_password_that_stays_is_explained(
    site: Site, current: str, password: str, status: int, said: str
) -> None:
    answer = _change(site, current, password)
    assert answer.status_code == status
    assert said in text(answer.text)
    with site.state.database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "ann"), PASSWORD)


def test_guessing_the_password_is_slowed_down(open_site: OpenSite) -> None:
    site = open_site(sign_in_attempts_per_minute=1)
    site.sign_in(site.world.ann)
    assert _change(site, "wrong", "long enough").status_code == 401
    answer = _change(site, PASSWORD, "long enough")
    assert answer.status_code == 429
    assert "Too many attempts." in text(answer.text)


@pytest.mark.parametrize(
    ("ago", "is_written"),
    [(None, True), (timedelta(minutes=59), False), (timedelta(minutes=61), True)],
)
def test_use_is_written_down_once_an_hour(
    site: Site, ago: timedelta | None, *, is_written: bool
) -> None:
    token = _made(site)
    then = utc_now() - ago if ago else None
    with site.state.database.write() as session:
        session.exec(update(ApiToken).where(PROGRAM).values(last_used_at=then))
    assert _enters(site, token)
    with site.state.database.read() as session:
        noted = session.exec(select(ApiToken).where(PROGRAM)).one().last_used_at
    assert (noted != then) == is_written
