"""Playlists as files that other players read: M3U, XSPF and JSPF."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.catalog import CatalogTrack

_XSPF = "http://xspf.org/ns/0/"
_MOST_VIDEOS = 50
"""YouTube makes no longer list of a link."""


@dataclass(frozen=True, slots=True)
class PlaylistFormat:
    suffix: str
    media_type: str
    write: Callable[[str, Sequence[CatalogTrack]], str]


def m3u(title: str, tracks: Sequence[CatalogTrack]) -> str:
    """Extended M3U in UTF-8, with lengths in seconds, -1 where unknown."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_on_one_line(title)}"]
    for track in tracks:
        name = _on_one_line(f"{track.artist_name} - {track.title}")
        seconds = -1 if track.duration_seconds is None else track.duration_seconds
        lines += [f"#EXTINF:{seconds},{name}", address(track)]
    return "\n".join([*lines, ""])


def xspf(title: str, tracks: Sequence[CatalogTrack]) -> str:
    """XSPF version 1, https://xspf.org/spec."""
    root = Element("playlist", version="1", xmlns=_XSPF)
    SubElement(root, "title").text = _in_xml(title)
    listed = SubElement(root, "trackList")
    for track in tracks:
        entry = SubElement(listed, "track")
        for name, value in _fields(track).items():
            SubElement(entry, name).text = _in_xml(str(value))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def jspf(title: str, tracks: Sequence[CatalogTrack]) -> str:
    """JSPF, https://www.xspf.org/jspf: XSPF's fields, locations as lists."""
    entries = [_fields(track) | {"location": [address(track)]} for track in tracks]
    playlist = {"playlist": {"title": title, "track": entries}}
    return json.dumps(playlist, ensure_ascii=False, indent=2) + "\n"


FORMATS = {
    "m3u": PlaylistFormat("m3u8", "audio/x-mpegurl", m3u),
    "xspf": PlaylistFormat("xspf", "application/xspf+xml", xspf),
    "jspf": PlaylistFormat("jspf", "application/jspf+json", jspf),
}


def address(track: CatalogTrack) -> str:
    """The track's video, or a search for it while none is known."""
    if track.youtube_id:
        return f"https://www.youtube.com/watch?{urlencode({'v': track.youtube_id})}"
    return youtube_search(track.artist_name, track.title)


def youtube_search(artist: str, title: str) -> str:
    """Where a listener looks for a video by hand."""
    return f"https://www.youtube.com/results?{urlencode({'search_query': f'{artist} {title}'})}"


def youtube_list(tracks: Sequence[CatalogTrack]) -> str | None:
    """A link that makes an unnamed list of the known videos; None without any."""
    videos = [track.youtube_id for track in tracks if track.youtube_id][:_MOST_VIDEOS]
    if not videos:
        return None
    return f"https://www.youtube.com/watch_videos?video_ids={','.join(videos)}"


def _fields(track: CatalogTrack) -> dict[str, str | int]:
    """In the order that XSPF asks for; durations in milliseconds."""
    found: dict[str, str | int | None] = {
        "location": address(track),
        "title": track.title,
        "creator": track.artist_name,
        "album": track.album,
        "duration": 1000 * track.duration_seconds if track.duration_seconds else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _in_xml(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(
        sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff")
    )
