"""Any list can be taken along, as a file of the right type and name."""

import json
from urllib.parse import quote

import pytest

from tests.web.conftest import Site
from tests.web.pages import attributes


@pytest.mark.parametrize(
    ("form", "media_type", "suffix"),
    [
        ("m3u", "audio/x-mpegurl", "m3u8"),
        ("xspf", "application/xspf+xml", "xspf"),
        ("jspf", "application/jspf+json", "jspf"),
    ],
)
def test_a_list_comes_as_a_file_in_its_order(
    site: Site, form: str, media_type: str, suffix: str
) -> None:
    isi, spoon = site.world.tracks["Isi"], site.world.tracks["Spoon"]
    answer = site.get(f"/take-along/{form}?title=M%C3%BCsli/1&ids={spoon},999,{isi}")
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    name = quote(f"Müsli/1.{suffix}", safe="")
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert answer.text.index("Spoon") < answer.text.index("Isi")
    if form == "jspf":
        tracks = json.loads(answer.text)["playlist"]["track"]
        assert [track["title"] for track in tracks] == ["Spoon", "Isi"]


@pytest.mark.parametrize(
    "asked", ["title=x&ids=", "title=x&ids=1;2", "ids=1", "title=x&ids=" + ",".join(["1"] * 1001)]
)
def test_nonsense_is_refused(site: Site, asked: str) -> None:
    assert site.get(f"/take-along/m3u?{asked}").status_code == 422


def test_more_than_an_address_holds_is_sent_as_a_form(site: Site) -> None:
    isi, spoon = site.world.tracks["Isi"], site.world.tracks["Spoon"]
    ids = [str(10**17 + n) for n in range(998)] + [str(isi), str(spoon)]
    answer = site.post("/take-along/m3u", {"title": "Queue", "ids": ",".join(ids)})
    assert answer.headers["content-disposition"].endswith("Queue.m3u8")
    assert answer.text.index("Isi") < answer.text.index("Spoon")
    refused = site.post("/take-along/m3u", {"title": "Queue", "ids": ",".join([*ids, "1"])})
    assert refused.status_code == 422


def test_an_unknown_form_is_nowhere(site: Site) -> None:
    assert site.get("/take-along/mp3?title=x&ids=1").status_code == 404


@pytest.mark.parametrize("path", ["/", "/artists/1", "/tracks/1", "/loved", "/playlists/1"])
def test_every_list_offers_every_form(site: Site, path: str) -> None:
    isi = site.world.tracks["Isi"]
    site.post(f"/tracks/{isi}/feedback", {"feedback": "loved"})
    site.post("/playlists", {"name": "Drive", "track_id": [isi]})
    links = [link for link in attributes(site.get(path).text, "href") if "/take-along/" in link]
    forms = [link.split("?")[0].rpartition("/")[2] for link in links]
    assert forms == ["m3u", "xspf", "jspf"] * (len(links) // 3)
    assert links
    for link in links:
        answer = site.get(link)
        assert answer.headers["content-disposition"].startswith("attachment")


def test_another_listeners_playlist_cannot_be_taken_along(site: Site) -> None:
    path = site.post("/playlists", {"name": "Drive"}).headers["location"]
    site.sign_in(site.world.newcomer)
    assert site.get(f"{path}/take-along/m3u").status_code == 404


def test_loved_tracks_of_all_pages_come_along(site: Site) -> None:
    for track_id in site.world.tracks.values():
        site.post(f"/tracks/{track_id}/feedback", {"feedback": "loved"})
    listed = site.get("/loved/take-along/m3u").text
    assert listed.count("#EXTINF") == len(site.world.tracks)


def test_a_newcomer_of_another_site_gets_nothing(nobody: Site) -> None:
    assert nobody.get("/take-along/m3u?title=x&ids=1").status_code == 303
