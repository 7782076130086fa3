"""The query editor, for developers alone: production has neither its page nor its files."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from app.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "editor"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:;"
    " img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def is_offered(settings: Settings) -> bool:
    """The image, which is made for production, comes without the folder."""
    return not settings.production and FOLDER.is_dir()


def mount(app: FastAPI) -> None:
    """Serve what the page loads."""
    app.mount("/static/editor", StaticFiles(directory=FOLDER), name="editor")


def page() -> HTMLResponse:
    """The editor's page, which may load nothing but PyTune's own files."""
    text = (FOLDER / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})
