"""Playlists as pages: made, filled from any row, ordered and deleted, without any script."""

import re

import pytest

from app import playlists
from tests.web.conftest import Site
from tests.web.pages import text, titles

TO_NOTE = {"HX-Request": "true", "HX-Target": "div#note"}


def test_a_playlist_from_the_queue_is_renamed_ordered_and_deleted(site: Site) -> None:
    a, b = site.world.tracks["Isi"], site.world.tracks["Spoon"]
    made = site.post("/playlists", {"name": "Queue", "track_id": [a, b, a]})
    path = made.headers["location"]
    assert titles(site.get(path).text) == ["Isi", "Spoon", "Isi"]
    assert site.post(f"{path}/tracks", {"track_id": [b]}).headers["location"] == path
    assert site.post(f"{path}/move", {"position": 4, "track_id": b, "to": 1}).status_code == 303
    assert site.post(f"{path}/remove", {"position": 2, "track_id": a}).status_code == 303
    assert _tracks(site, path) == [b, b, a]
    assert site.post(f"{path}/remove", {"position": 1, "track_id": a}).status_code == 409
    site.post(f"{path}/name", {"name": "Drive"})
    assert "Drive" in text(site.get("/playlists").text)
    assert site.post(f"{path}/delete", {}).headers["location"] == "/playlists"
    assert site.get(path).status_code == 404


def test_a_track_is_put_into_a_playlist_that_was_chosen_on_a_page(site: Site) -> None:
    path = site.post("/playlists", {"name": "Night drive"}).headers["location"]
    track = site.world.tracks["Isi"]
    assert f'href="/tracks/{track}/playlists"' in site.get(f"/tracks/{track}").text
    number = path.rpartition("/")[2]
    added = site.post(f"/tracks/{track}/playlists", {"playlist_id": number})
    assert added.headers["location"] == path
    assert _tracks(site, path) == [track]
    assert site.post("/tracks/99999/playlists", {"playlist_id": number}).status_code == 404


def test_a_track_is_put_into_a_playlist_from_any_row(site: Site) -> None:
    site.post("/playlists", {"name": "<i>Drive", "track_id": [site.world.tracks["Isi"]]})
    number = site.post("/playlists", {"name": "Night"}).headers["location"].rpartition("/")[2]
    path = f"/tracks/{site.world.tracks['Isi']}/playlists"
    assert f'href="{path}"' in site.get("/search?q=isi").text
    shown = "Night <i>Drive is in it New playlist Make it"
    assert text(site.htmx(path, "section#adding").text) == f"Add to a playlist Isi {shown}"
    assert shown in text(site.get(path).text)
    told = site.post(path, {"playlist_id": number}, **TO_NOTE)
    assert text(told.text) == "Isi was added to Night ."
    assert _tracks(site, f"/playlists/{number}") == [site.world.tracks["Isi"]]
    assert site.get("/tracks/99999/playlists").status_code == 404


def test_a_track_is_put_into_a_new_playlist_from_any_row(site: Site) -> None:
    sent = {"name": "<i>Dawn", "track_id": site.world.tracks["Isi"]}
    told = site.post("/playlists", sent, **TO_NOTE)
    assert text(told.text) == "Isi was added to <i>Dawn ."
    (path,) = re.findall(r'href="(/playlists/\d+)"', told.text)
    assert _tracks(site, path) == [site.world.tracks["Isi"]]


def test_a_playlist_begins_a_radio_once_it_has_tracks(site: Site) -> None:
    path = site.post("/playlists", {"name": "Drive"}).headers["location"]
    assert "data-radio" not in site.get(path).text
    site.post(f"{path}/tracks", {"track_id": [site.world.tracks["Isi"]]})
    (seed,) = re.findall(r'data-radio="(playlist-\d+)"', site.get(path).text)
    radio = site.client.get("/radio", params={"seed": seed, "first": 8}).json()
    titles = {entry["title"] for entry in radio["entries"]}
    assert titles
    assert "Isi" not in titles


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_playlist_without_a_name_is_refused(site: Site, name: str) -> None:
    answer = site.post("/playlists", {"name": name})
    assert answer.status_code == 422
    assert "name" in text(answer.text)


def test_another_listeners_playlist_is_not_there(site: Site) -> None:
    with site.state.database.write() as session:
        number = playlists.create(session, site.world.root, "Root's")
    assert site.get(f"/playlists/{number}").status_code == 404
    assert site.post(f"/playlists/{number}/delete", {}).status_code == 404


def _tracks(site: Site, path: str) -> list[int]:
    with site.state.database.read() as session:
        return playlists.track_ids(session, int(path.rpartition("/")[2]))
