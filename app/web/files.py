"""Files that browsers load: under an address of their edition they never change."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

FOLDER = Path(__file__).resolve().parents[2] / "static"
_DIGITS = 12


def _edition() -> str:
    """Of what all files hold; another one of them, another address of all."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:_DIGITS]


ADDRESS = f"/static/{_edition()}"
_SHEETS = ("base", "parts", "player", "pages")
MODULES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in (*FOLDER.glob("*.js"), *FOLDER.glob("player/*.js"))
)
"""Every one is needed by every page: named in its head they need not wait for each other."""


async def _styles() -> Response:
    """The sheets of every page as one: a page is not drawn before it has all of them."""
    return Response(_joined(), media_type="text/css")


@cache
def _joined() -> bytes:
    return b"".join((FOLDER / "css" / f"{name}.css").read_bytes() for name in _SHEETS)


def mount(app: FastAPI) -> None:
    """Serve them, also where no edition is asked for."""
    app.add_api_route(f"{ADDRESS}/pytune.css", _styles, methods=["GET", "HEAD"])
    files = StaticFiles(directory=FOLDER)
    app.mount(ADDRESS, files)
    app.mount("/static", files, name="static")
