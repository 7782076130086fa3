"""The first visit: pick artists, and get a list at once; no script is needed."""

import re

from tests.web.conftest import Site
from tests.web.world import DRIVE


def _wall(site: Site, query: str = "") -> dict[str, tuple[str, bool]]:
    """By artist: the value of the box, and whether it is ticked."""
    page = site.get(f"/welcome{query}")
    assert page.status_code == 200
    boxes = re.findall(
        r'name="artist" value="(\d+)"( checked)?>.*?<span>([^<]+)</span>\s*</label>',
        page.text,
        re.DOTALL,
    )
    return {name: (value, bool(ticked)) for value, ticked, name in boxes}


def test_a_newcomer_picks_and_gets_a_list_at_once(nobody: Site) -> None:
    nobody.sign_in(nobody.world.newcomer)
    assert 'href="/welcome"' in nobody.get("/").text
    value, ticked = _wall(nobody)["Kraftwerk"]
    assert not ticked
    answer = nobody.post("/welcome", {"artist": [value]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    home = nobody.get("/").text
    assert "Because you picked" in home
    assert any(title in home for title, _ in DRIVE)
    assert _wall(nobody)["Kraftwerk"] == (value, True)


def test_all_picks_can_be_taken_back(nobody: Site) -> None:
    nobody.sign_in(nobody.world.newcomer)
    before = nobody.get("/").text.count("Because you picked")
    nobody.post("/welcome", {"artist": [_wall(nobody)["Can"][0]]})
    nobody.post("/welcome", {})
    assert nobody.get("/").text.count("Because you picked") == before == 0
    assert not any(ticked for _, ticked in _wall(nobody).values())


def test_what_is_ticked_stays_ticked_while_the_wall_moves(site: Site) -> None:
    value, _ = _wall(site)["Can"]
    moved = _wall(site, f"?artist={value}")
    assert next(iter(moved)) == "Can"
    assert moved["Can"][1]
    assert not _wall(site)["Can"][1], "nothing is kept by looking"


def test_what_is_no_artist_is_refused(site: Site) -> None:
    assert site.get("/welcome?artist=x").status_code == 422
    assert site.post("/welcome", {"artist": ["0"]}).status_code == 422
    assert site.post("/welcome", {"artist": ["999999"]}).status_code == 404


def test_an_artist_is_searched_for_and_stands_first(site: Site) -> None:
    value, _ = _wall(site)["Can"]
    found = _wall(site, f"?artist={value}&q=kraft")
    assert next(iter(found)) == "Kraftwerk"
    assert found["Can"][1], "what was ticked stays ticked"
    assert "Nothing here is called “zzz”." in site.get("/welcome?q=zzz").text
