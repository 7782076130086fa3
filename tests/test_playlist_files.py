"""Playlists as files: what each format asks for."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from app.catalog import CatalogTrack
from app.models import VideoState
from app.playlist_files import FORMATS, address, jspf, m3u, xspf, youtube_list

RIO = CatalogTrack(
    id=1,
    title="Rio & \x0bRita",
    artist_id=1,
    artist_name="Duran\nDuran",
    album="Rio",
    year=1982,
    genre="pop",
    duration_seconds=337,
    youtube_id="e3W6yf6c-FA",
    video_state=VideoState.FOUND,
    video_checked_at=None,
    listener_count=3,
)
BARE = replace(
    RIO, id=2, title="Ödipus", artist_name="X", album=None, duration_seconds=None, youtube_id=None
)
VIDEO = "https://www.youtube.com/watch?v=e3W6yf6c-FA"
SEARCH = "https://www.youtube.com/results?search_query=X+%C3%96dipus"
SPACE = "{http://xspf.org/ns/0/}"


def test_m3u_has_one_line_of_each_kind_per_track() -> None:
    assert m3u("My\nlist", [RIO, BARE]).splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:My list",
        "#EXTINF:337,Duran Duran - Rio & Rita",
        VIDEO,
        "#EXTINF:-1,X - Ödipus",
        SEARCH,
    ]


def test_xspf_is_valid_xml_in_the_order_of_its_schema() -> None:
    root = ET.fromstring(xspf("<Mine>", [RIO, BARE]).encode())
    assert root.tag == f"{SPACE}playlist"
    assert root.get("version") == "1"
    assert [child.tag for child in root] == [f"{SPACE}title", f"{SPACE}trackList"]
    assert root.findtext(f"{SPACE}title") == "<Mine>"
    rio, bare = root[1]
    names = [child.tag.removeprefix(SPACE) for child in rio]
    assert names == ["location", "title", "creator", "album", "duration"]
    assert [child.text for child in rio][::4] == [VIDEO, "337000"]
    assert rio.findtext(f"{SPACE}title") == "Rio & Rita"
    assert [child.tag.removeprefix(SPACE) for child in bare] == ["location", "title", "creator"]


def test_jspf_holds_the_same_with_locations_as_lists() -> None:
    playlist = json.loads(jspf("Mine", [RIO, BARE]))["playlist"]
    assert playlist["title"] == "Mine"
    assert playlist["track"][0] | {"title": ""} == {
        "location": [VIDEO],
        "title": "",
        "creator": "Duran\nDuran",
        "album": "Rio",
        "duration": 337000,
    }
    assert playlist["track"][1]["location"] == [SEARCH]


def test_a_list_on_youtube_holds_known_videos_fifty_at_most() -> None:
    link = "https://www.youtube.com/watch_videos?video_ids="
    assert youtube_list([RIO, BARE, RIO]) == f"{link}e3W6yf6c-FA,e3W6yf6c-FA"
    assert youtube_list([BARE]) is None
    assert len((youtube_list([RIO] * 60) or "").removeprefix(link).split(",")) == 50


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_list_is_a_file_too(form: str) -> None:
    assert "Nothing" in FORMATS[form].write("Nothing", [])


def test_addresses() -> None:
    assert (address(RIO), address(BARE)) == (VIDEO, SEARCH)
