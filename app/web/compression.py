"""Smaller answers: what is read with GET is compressed, but for the API's."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LEAST_BYTES = 600
_LEVEL = 6
"""Higher ones take much longer and save little."""


class Compression:
    """Compresses pages and files for whoever can read it.

    An answer to POST may show a token or a link of invitation once, and the API's may hold
    anything: beside text that somebody else chose, its compressed length would tell of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.plain = app
        self.compressed = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        chosen = self.compressed if is_read and scope["path"] != "/graphql" else self.plain
        await chosen(scope, receive, send)
