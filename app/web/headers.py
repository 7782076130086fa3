"""Headers that every page carries: what it may load, what it tells others, who may frame it."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web import files

_WIDGET_ORIGIN = "https://www.youtube.com"
"""YouTube's API script loads its player's script from here."""


_FILES = ("text/css", "text/javascript", "image/", "audio/")
"""What no browser shows as a page of ours; each is small, and headers would double it."""
_OF_FILES = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}


class SafeHeaders:
    """Adds the headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = safe_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_file = headers.get("Content-Type", "").startswith(_FILES)
                for name, value in (_OF_FILES if is_file else self.headers).items():
                    headers.setdefault(name, value)
                kept = _kept(scope["path"]) if is_file else "no-store"
                headers.setdefault("Cache-Control", kept)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _kept(path: str) -> str:
    """For how long browsers may keep a file."""
    is_of_edition = path.startswith(f"{files.ADDRESS}/")
    return "max-age=31536000, immutable" if is_of_edition else "no-cache"


def safe_headers(settings: Settings) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_security_policy(settings),
        # Without a referrer YouTube refuses to play in a page of ours.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


def content_security_policy(settings: Settings) -> str:
    scripts = {origin_of(settings.video_script_url): None, _WIDGET_ORIGIN: None}
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self'",
        "connect-src": "'self'",
        "frame-src": settings.video_frame_origin,
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
