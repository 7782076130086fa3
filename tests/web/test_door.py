"""Who may pass, and from where."""

import re
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute

from app import listening, web
from app.web.door import local_path
from tests.web.conftest import OpenSite, Site

_OPEN = ("/login", "/logout", "/covers/", "/invitations/")
_LOVE = {"feedback": "loved"}
_ROUTES = [
    route for router in web.ROUTERS for route in router.routes if isinstance(route, APIRoute)
]


def _paths(method: str) -> list[str]:
    found = [route.path for route in _ROUTES if method in (route.methods or ())]
    return [re.sub(r"\{\w+\}", "1", path) for path in found]


POSTS = _paths("POST")
PRIVATE = [path for path in _paths("GET") if not path.startswith(_OPEN)]


def test_strangers_pages_are_limited_wherever_they_lead(open_site: OpenSite) -> None:
    site = open_site(strangers_requests_per_minute=1)
    asked = ["/login", "/nowhere", "/invitations/x", "/tracks/x", "/", "/login", "/nowhere"]
    assert [site.get(path).status_code for path in asked] == [200, 404, 410, 303, 303, 429, 429]


def test_pages_are_limited_by_user_and_wider_than_the_api(open_site: OpenSite) -> None:
    site = open_site(requests_per_minute=1)
    site.sign_in(site.world.ann)
    assert [site.get("/settings").status_code for _ in range(5)] == [200] * 5
    refused = site.get("/settings")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "Sign out" in refused.text
    assert site.post("/logout", {}).status_code == 429
    viewer = site.client.post("/graphql", json={"query": "{ viewer { name } }"})
    assert viewer.json()["data"] == {"viewer": {"name": "ann"}}, "the API counts by itself"
    site.sign_in(site.world.root)
    assert site.get("/settings").status_code == 200


@pytest.mark.parametrize("path", ["/", "/search?q=a%20b", "/tracks/3", "/été"])
def test_paths_of_this_site_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "search",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
    ],
)
def test_what_could_lead_elsewhere_becomes_the_home_page(path: str | None) -> None:
    assert local_path(path) == "/"


def test_strangers_are_led_to_the_sign_in_and_back(open_site: OpenSite) -> None:
    nobody = open_site(strangers_requests_per_minute=1000)
    for path in PRIVATE:
        response = nobody.get(path)
        onward = "" if path == "/" else f"?next={quote(path, safe='')}"
        told = (path, response.status_code, response.headers["location"])
        assert told == (path, 303, f"/login{onward}")


def test_what_was_asked_for_is_kept_whole(nobody: Site) -> None:
    assert nobody.get("/search?q=a").headers["location"] == "/login?next=%2Fsearch%3Fq%3Da"


def test_htmx_is_told_to_go_to_the_sign_in_and_back_to_its_page(nobody: Site) -> None:
    current = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tracks/3"}
    response = nobody.post("/tracks/3/feedback", {"feedback": "loved"}, **current)
    assert response.status_code == 401
    assert response.headers["hx-redirect"] == "/login?next=%2Ftracks%2F3"


def test_programs_get_the_same_refusal_as_json(nobody: Site) -> None:
    response = nobody.client.post("/listens", headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["error"] == "not_signed_in"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_can_change_nothing(admin: Site, headers: dict[str, str]) -> None:
    for path in POSTS:
        response = admin.post(path, {}, **headers)
        assert (path, response.status_code) == (path, 403)
        assert "sent from another site" in response.text
        assert "set-cookie" not in response.headers


def test_listeners_are_kept_out_of_the_administrators_pages(site: Site) -> None:
    for response in (site.get("/admin/models"), site.post("/admin/trainings", {})):
        assert response.status_code == 403
        assert "for administrators" in response.text


def test_a_page_of_somebody_else_changes_nothing(admin: Site) -> None:
    headers = {"PyTune-Viewer": str(admin.world.ann), "Accept": "application/json"}
    for path in POSTS:
        if not path.startswith(_OPEN):
            refused = admin.client.post(path, data=_LOVE, headers=headers)
            assert (path, refused.status_code) == (path, 401)
    with admin.state.database.read() as session:
        assert listening.last_event_id(session) == 2


def test_a_page_of_ones_own_passes(admin: Site) -> None:
    own = {"PyTune-Viewer": str(admin.world.root)}
    assert admin.post("/tracks/1/feedback", _LOVE, **own).status_code == 303


def test_a_page_of_somebody_else_is_loaded_afresh(admin: Site) -> None:
    by_htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tracks/1"}
    for headers in (by_htmx, {"HX-History-Restore-Request": "true", "Accept": "*/*"}):
        response = admin.get("/tracks/1", **headers, **{"PyTune-Viewer": str(admin.world.ann)})
        assert response.status_code == 401
        assert response.headers["hx-redirect"] == "/login?next=%2Ftracks%2F1"
