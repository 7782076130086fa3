"""What every answer says about what may be loaded, framed and told."""

import re

import pytest

from app.settings import Settings
from app.web.covers import WALL_URL
from app.web.files import ADDRESS, MODULES
from app.web.headers import content_security_policy
from tests.web.conftest import OpenSite, Site

PAGES = ["/", "/search", "/tracks/1", "/artists/1", "/admin/models", "/nowhere", "/static/nowhere"]
FILES = [f"{ADDRESS}/app.js", f"{ADDRESS}/pytune.css", f"{ADDRESS}/favicon.svg", WALL_URL]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(admin: Site, path: str) -> None:
    headers = admin.get(path).headers
    assert headers["content-security-policy"] == content_security_policy(admin.state.settings)
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in headers["permissions-policy"]


def test_also_the_answer_to_a_bug(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.catalog.artist", _bug)
    response = site.get("/artists/1")
    assert response.status_code == 500
    assert "content-security-policy" in response.headers


def test_the_policy_allows_no_script_or_style_in_the_page() -> None:
    policy = content_security_policy(Settings())
    assert "unsafe" not in policy
    assert "script-src 'self' https://www.youtube.com;" in policy
    assert "style-src 'self';" in policy
    assert "frame-src https://www.youtube-nocookie.com;" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_players_addresses_come_from_the_settings(open_site: OpenSite) -> None:
    script, frames = "http://127.0.0.1:9/iframe_api", "http://127.0.0.1:9"
    site = open_site(video_script_url=script, video_frame_origin=frames)
    site.sign_in(site.world.ann)
    response = site.get("/")
    policy = response.headers["content-security-policy"]
    assert f"script-src 'self' {frames} https://www.youtube.com;" in policy
    assert f"frame-src {frames};" in policy
    assert f'data-script="{script}" data-frames="{frames}"' in response.text


@pytest.mark.parametrize("path", FILES)
def test_files_say_as_little_as_they_must(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 500


def test_pages_are_kept_by_nobody_and_files_of_an_edition_for_good(site: Site) -> None:
    for path in ("/", "/nowhere", f"{ADDRESS}/nowhere"):
        assert site.get(path).headers["cache-control"] == "no-store"
    assert site.get(f"{ADDRESS}/app.js").headers["cache-control"].endswith("immutable")
    assert site.get("/static/app.js").headers["cache-control"] == "no-cache"


def test_pages_name_the_edition_that_is_served(site: Site) -> None:
    page = site.get("/").text
    named = set(re.findall(rf'"{ADDRESS}/([^"#]+)', page))
    assert {"app.js", "pytune.css", "favicon.svg", *MODULES} <= named
    assert '"/static/' not in page.replace(ADDRESS, "")
    for name in named:
        assert site.get(f"{ADDRESS}/{name}").status_code == 200


def _bug(*_: object) -> None:
    raise ZeroDivisionError("a secret detail")
