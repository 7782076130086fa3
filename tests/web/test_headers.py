"""What every answer says about what may be loaded, framed and told."""

import pytest

from app.settings import Settings
from app.web.headers import content_security_policy
from tests.web.conftest import OpenSite, Site

PAGES = ["/", "/search", "/tracks/1", "/artists/1", "/admin/models", "/nowhere", "/static/app.js"]


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


def test_pages_are_kept_by_nobody_and_static_files_are_asked_for_again(site: Site) -> None:
    assert site.get("/").headers["cache-control"] == "no-store"
    assert site.get("/static/app.js").headers["cache-control"] == "no-cache"


def _bug(*_: object) -> None:
    raise ZeroDivisionError("a secret detail")
