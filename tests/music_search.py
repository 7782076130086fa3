"""Stands in for YouTube Music's search on a loopback port: any title is found, as a song."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_LOOK_SECONDS = 0.01
"""How soon the server notices that it should end."""


@dataclass(frozen=True)
class Song:
    title: str
    artist: str
    video_id: str
    duration: str | None = None
    """As it is shown: minutes and seconds."""


@dataclass
class MusicSearch:
    """What it knows by what it is asked (artist and title), and what it was asked."""

    songs: dict[str, list[Song]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def music_search() -> Iterator[MusicSearch]:
    known = MusicSearch()

    class Answer(_Answer):
        search = known

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(_LOOK_SECONDS,))
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Answer(BaseHTTPRequestHandler):
    search: MusicSearch

    def do_GET(self) -> None:
        """The page from which a visitor's id is read."""
        self._send(b'<script>ytcfg.set({"VISITOR_DATA": "visitor"});</script>', "text/html")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        query = body["query"]
        self.search.asked.append(query)
        found = self.search.songs.get(query, [])
        self._send(json.dumps(_results(found)).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' own output is enough."""


def _results(songs: list[Song]) -> dict[str, Any]:
    shelf = {"title": _runs("Songs"), "contents": [_item(song) for song in songs]}
    shelves = [{"musicShelfRenderer": shelf}] if songs else []
    content = {"sectionListRenderer": {"contents": shelves}}
    tab = {"tabRenderer": {"content": content}}
    return {"contents": {"tabbedSearchResultsRenderer": {"tabs": [tab]}}}


def _item(song: Song) -> dict[str, Any]:
    play = {"watchEndpoint": {"videoId": song.video_id}}
    button = {"musicPlayButtonRenderer": {"playNavigationEndpoint": play}}
    overlay = {"musicItemThumbnailOverlayRenderer": {"content": button}}
    # Who plays is a link, which tells a name from the word for the kind of thing.
    link = {"browseEndpoint": {"browseId": f"UC{song.artist}"}}
    texts = [{"text": song.artist, "navigationEndpoint": link}]
    if song.duration:
        texts += [{"text": " • "}, {"text": song.duration}]
    columns = [_column([{"text": song.title}]), _column(texts)]
    return {"musicResponsiveListItemRenderer": {"flexColumns": columns, "overlay": overlay}}


def _column(texts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"musicResponsiveListItemFlexColumnRenderer": {"text": {"runs": texts}}}


def _runs(text: str) -> dict[str, Any]:
    return {"runs": [{"text": text}]}
