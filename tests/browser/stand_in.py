"""Stands in for YouTube on a loopback port: its script, and a page for each video."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_SCRIPT = (Path(__file__).parent / "stand_in.js").read_bytes()
_VIDEO = b"<!doctype html><title>Video</title><body style='background: #204060'></body>"


@contextmanager
def youtube() -> Iterator[str]:
    """Its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path == "/iframe_api"
        body = _SCRIPT if is_script else _VIDEO
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' own output is enough."""
