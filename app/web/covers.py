"""Sleeves by address: what an address shows never changes, so browsers keep it for good."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from app.models.catalog import MAX_TITLE
from app.web import sleeves

EDITION = 1
"""Part of the address; raise it when sleeves are drawn differently."""
WALL_URL = f"/covers/{EDITION}/wall.svg"

_KEPT = {
    "Cache-Control": "max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
}

router = APIRouter()

Name = Annotated[str, Query(max_length=MAX_TITLE)]


def cover_url(artist: str, title: str, *, plain: bool = False) -> str:
    cut = "plain" if plain else "sleeve"
    return f"/covers/{EDITION}/{cut}.svg?{urlencode({'artist': artist, 'title': title})}"


@router.get(f"/covers/{EDITION}/sleeve.svg")
async def sleeve(artist: Name, title: Name) -> Response:
    return _picture(sleeves.sleeve(artist, title))


@router.get(f"/covers/{EDITION}/plain.svg")
async def plain(artist: Name, title: Name) -> Response:
    return _picture(sleeves.sleeve(artist, title, plain=True))


@router.get(WALL_URL)
async def wall() -> Response:
    return _picture(sleeves.wall())


def _picture(svg: str) -> Response:
    return Response(svg, media_type="image/svg+xml", headers=_KEPT)
