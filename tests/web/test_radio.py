"""The player asks for the next tracks of a radio."""

from typing import Any

import pytest

from tests.web.conftest import Site
from tests.web.world import give_video


def _ask(site: Site, **query: Any) -> dict[str, Any]:
    answer = site.client.get("/radio", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    content: dict[str, Any] = answer.json()
    return content


def test_entries_are_what_the_queue_takes(site: Site) -> None:
    track = site.world.tracks["Autobahn"]
    with site.state.database.write() as session:
        give_video(session, site.world.tracks["Spoon"], "abcdefghijk")
    radio = _ask(site, seed=f"track-{track}", first=8)
    entries = {entry["title"]: entry for entry in radio["entries"]}
    assert "Autobahn" not in entries
    spoon = entries["Spoon"]
    assert spoon["artist"] == "Can"
    assert spoon["video"] == "abcdefghijk"
    assert spoon["list"]
    assert 1 <= spoon["position"] <= 8
    assert set(spoon) >= {"id", "title", "artist", "cover", "seconds", "video", "search"}


def test_it_goes_on_without_repeating(site: Site) -> None:
    seed = f"track-{site.world.tracks['Autobahn']}"
    first = _ask(site, seed=seed, first=4)
    second = _ask(site, seed=seed, first=4, after=first["after"])
    ids = [entry["id"] for part in (first, second) for entry in part["entries"]]
    assert len(set(ids)) == 8


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("seed=song-1", 422),
        ("seed=track-999999", 404),
        ("seed=playlist-999999", 404),
        ("seed=track-1&after=x", 422),
        ("seed=track-1&first=0", 422),
        ("", 422),
    ],
)
def test_what_cannot_be_a_radio_is_refused(site: Site, query: str, status: int) -> None:
    assert site.client.get(f"/radio?{query}").status_code == status


def test_who_is_not_signed_in_hears_nothing(nobody: Site) -> None:
    answer = nobody.client.get("/radio?seed=track-1", follow_redirects=False)
    assert answer.status_code in {303, 401}
