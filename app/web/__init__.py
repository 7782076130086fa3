"""The pages."""

from fastapi import Depends, FastAPI

from app.settings import Settings
from app.web import (
    accounts,
    artists,
    covers,
    door,
    errors,
    home,
    listening,
    models,
    search,
    tracks,
    videos,
)
from app.web.headers import SafeHeaders

_TOPICS = (accounts, artists, covers, home, listening, models, search, tracks, videos)


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the pages."""
    for topic in _TOPICS:
        app.include_router(topic.router, dependencies=[Depends(door.own_site)])
    errors.mount(app, settings)
    app.add_middleware(SafeHeaders, settings=settings)
