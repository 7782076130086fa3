"""Signing in and out by form and cookie."""

import re

import pytest

from app.access import COOKIE
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text
from tests.web.world import PASSWORD

GOOD = {"name": "ann", "password": PASSWORD}
WRONG = {"name": "ann", "password": "wrong"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(nobody: Site) -> None:
    cookie = nobody.post("/login", GOOD).headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(attributes)
    assert "Secure" not in attributes
    (max_age,) = (int(word.removeprefix("Max-Age=")) for word in attributes if "Max-Age" in word)
    assert max_age == pytest.approx(30 * 24 * 3600, abs=60)


@pytest.mark.parametrize(
    ("setting", "origin"), [(True, "http://testserver"), (False, "https://testserver")]
)
def test_over_https_the_cookie_is_marked_secure(
    open_site: OpenSite, *, setting: bool, origin: str
) -> None:
    site = open_site(secure_cookies=setting)
    for path, form in (("/login", GOOD), ("/logout", {})):
        response = site.post(f"{origin}{path}", form)
        assert "Secure" in response.headers["set-cookie"].split("; ")


def test_signing_in_leads_to_the_page_that_was_wanted(nobody: Site) -> None:
    response = nobody.post("/login", {**GOOD, "next": "/search?q=nina"})
    assert (response.status_code, response.headers["location"]) == (303, "/search?q=nina")
    assert nobody.get("/search?q=nina").status_code == 200


def test_signing_in_never_leads_to_another_site(nobody: Site) -> None:
    response = nobody.post("/login", {**GOOD, "next": "//evil.example"})
    assert response.headers["location"] == "/"


def test_a_wrong_password_is_said_beside_the_name_that_was_typed(nobody: Site) -> None:
    response = nobody.post("/login", WRONG)
    assert response.status_code == 401
    assert "That name and password do not match." in text(response.text)
    assert 'value="ann"' in response.text
    assert "wrong" not in response.text.replace("notice-wrong", "")
    assert "set-cookie" not in response.headers


def test_guessing_is_answered_with_a_wait(open_site: OpenSite) -> None:
    site = open_site(sign_in_attempts_per_minute=1)
    assert site.post("/login", WRONG).status_code == 401
    response = site.post("/login", GOOD)
    assert response.status_code == 429
    assert re.search(r"Too many attempts\. Try again in \d+ seconds\.", text(response.text))


def test_signing_out_ends_the_session_itself(site: Site) -> None:
    token = site.client.cookies[COOKIE]
    response = site.post("/logout", {})
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    site.client.cookies.set(COOKIE, token)
    assert site.get("/").headers["location"] == "/login"


def test_whoever_is_signed_in_is_led_past_the_form(site: Site) -> None:
    response = site.get("/login?next=/search")
    assert (response.status_code, response.headers["location"]) == (303, "/search")


def test_the_doorway_loads_no_script(nobody: Site) -> None:
    page = nobody.get("/login").text
    assert "Sign in" in text(page)
    assert "<script" not in page
