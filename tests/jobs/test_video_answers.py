"""Whatever the video search answers, a track is found, missing, or as unknown as before."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from app import videos
from app.db import Database
from app.errors import VideoSearchFailed
from app.models import Track, VideoState
from app.queue import JobQueue
from app.settings import Settings
from app.videos import VideoSearch
from jobs.find_videos import _find_video
from jobs.runtime import Runtime
from tests import making

_LOOK_SECONDS = 0.01
"""How soon a server notices that it should end."""
_NOTHING_FOUND = b'{"contents": {"sectionListRenderer": {"contents": []}}}'

Answering = Callable[[int, bytes], str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Starts a server that gives one answer to whatever it is asked; its address."""
    with ExitStack() as stack:
        yield lambda status, body: stack.enter_context(_server(status, body))


@contextmanager
def _server(status: int, body: bytes, wait: Event | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if wait is not None:
                wait.wait()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  the library's name for it

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(_LOOK_SECONDS,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        if wait is not None:
            wait.set()
        server.shutdown()
        thread.join()


def _state(settings: Settings, database: Database, url: str) -> VideoState:
    """Of a track after the job has looked for its video there."""
    asking = settings.model_copy(update={"video_search_url": url})
    with database.write() as session:
        track_id = making.track(session, "Rio", "Duran Duran")
        assert videos.wants_lookup(session, track_id)
    queue = JobQueue(asking)
    _find_video(Runtime(asking, database, queue), track_id)
    queue.close()
    with database.read() as session:
        return session.get_one(Track, track_id).video_state


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"<html>Internal Server Error</html>"),
        (429, b'{"error": {"message": "Quota exceeded"}}'),
        (403, b"{}"),
        (200, b""),
        (200, b"<html>Before you continue</html>"),
        (200, b"null"),
        (200, b'{"contents": null}'),
        (200, b'{"contents": {}}'),
        (200, b'{"contents": {"tabbedSearchResultsRenderer": {"tabs": []}}}'),
        (200, b'{"contents": {"sectionListRenderer": {"contents": [{"musicShelfRenderer": 1}]}}}'),
    ],
)
def test_after_an_answer_that_says_nothing_the_track_is_unknown_again(
    settings: Settings, database: Database, answering: Answering, status: int, body: bytes
) -> None:
    assert _state(settings, database, answering(status, body)) is VideoState.UNKNOWN


@pytest.mark.parametrize("body", [_NOTHING_FOUND, b'{"responseContext": {}}'])
def test_where_nothing_is_found_the_video_is_missing(
    settings: Settings, database: Database, answering: Answering, body: bytes
) -> None:
    assert _state(settings, database, answering(200, body)) is VideoState.MISSING


def test_an_answer_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "_TIMEOUT_SECONDS", 0.05)
    with _server(200, _NOTHING_FOUND, Event()) as url, pytest.raises(VideoSearchFailed):
        VideoSearch(url).find("Rio", "Duran Duran")


def test_a_track_that_is_gone_is_not_looked_for(settings: Settings, database: Database) -> None:
    queue = JobQueue(settings)
    _find_video(Runtime(settings, database, queue), 12345)
    queue.close()
    with database.read() as session:
        assert session.get(Track, 12345) is None
