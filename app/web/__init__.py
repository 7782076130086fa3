"""The pages."""

from fastapi import APIRouter, Depends, FastAPI

from app.settings import Settings
from app.web import errors, files
from app.web.accounts import router as accounts
from app.web.adding import router as adding
from app.web.alerts import router as alerts
from app.web.artists import router as artists
from app.web.compression import Compression
from app.web.correcting import router as correcting
from app.web.covers import router as covers
from app.web.door import own_site
from app.web.drift import router as drift
from app.web.edits import router as edits
from app.web.headers import SafeHeaders
from app.web.home import router as home
from app.web.imports import router as imports
from app.web.invitations import router as invitations
from app.web.jobs import router as jobs
from app.web.library import router as library
from app.web.listening import router as listening
from app.web.merging import router as merging
from app.web.mixes import router as mixes
from app.web.models import router as models
from app.web.playlists import router as playlists
from app.web.preferences import router as preferences
from app.web.privacy import router as privacy
from app.web.radio import router as radio
from app.web.recipes import router as recipes
from app.web.scrobbling import router as scrobbling
from app.web.search import router as search
from app.web.splitting import router as splitting
from app.web.starting import router as starting
from app.web.statistics import router as statistics
from app.web.taking import router as taking
from app.web.tokens import router as tokens
from app.web.tracks import router as tracks
from app.web.trainings import router as trainings
from app.web.tunings import router as tunings
from app.web.users import router as users
from app.web.videos import router as videos

ROUTERS = (
    accounts,
    adding,
    alerts,
    artists,
    correcting,
    covers,
    drift,
    edits,
    home,
    invitations,
    jobs,
    imports,
    library,
    listening,
    merging,
    mixes,
    models,
    playlists,
    preferences,
    privacy,
    radio,
    recipes,
    search,
    splitting,
    starting,
    statistics,
    taking,
    tokens,
    tracks,
    trainings,
    tunings,
    users,
    videos,
)


def _routes() -> APIRouter:
    together = APIRouter()
    for router in ROUTERS:
        together.include_router(router, dependencies=[Depends(own_site)])
    # Players elsewhere bring a token of their own, which no browser adds by itself.
    together.include_router(scrobbling)
    return together


_ROUTES = _routes()
"""What each needs is worked out at the first request that passes by: once for all applications."""


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the pages."""
    app.router.routes.extend(_ROUTES.routes)
    errors.mount(app, settings)
    files.mount(app)
    app.add_middleware(Compression)
    app.add_middleware(SafeHeaders, settings=settings)
