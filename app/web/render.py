"""Pages and parts of pages: one address gives htmx the part that it swaps, others the page."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from app import alerts
from app.access import Viewer
from app.alerts import Alarm
from app.playlist_files import youtube_list, youtube_search
from app.preferences import LANGUAGES
from app.web import files, texts
from app.web.covers import WALL_URL, cover_url
from app.web.icons import icon
from app.web.lists import Item, player_data
from app.web.loading import ConstantFolding, InliningLoader
from app.web.marking import marked

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

_HEADERS = {
    "Vary": "HX-Request, HX-Target, HX-History-Restore-Request, Cookie, Accept-Language",
    # A page shows one listener's music: neither a proxy nor the next person should keep it.
    "Cache-Control": "no-store",
}

_IN_PLACE = Markup(
    """hx-boost='{"target": "#main", "select": "#main", "swap": "outerMorph"}' """
    'hx-replace-url="true"'
)
"""Of a form that leads back to its own page: the focus stays, and history gains no step."""


def page(
    request: Request,
    viewer: Viewer | None,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HTMLResponse:
    """The whole page, or its main part with the title for htmx."""
    shown = {**context, "layout": _layout(request, viewer), "viewer": viewer}
    shown["alarm"] = _alarm(request, viewer)
    # What was sent is answered where it was sent from: its address cannot be opened.
    kept = {"HX-Push-Url": "false"} if request.method == "POST" else {}
    return HTMLResponse(_rendered(request, template, shown), status, headers=_HEADERS | kept)


def _alarm(request: Request, viewer: Viewer | None) -> Alarm | None:
    """What administrators are told on every page but that of the alerts themselves."""
    if viewer is None or not viewer.is_administrator or request.url.path == "/admin/alerts":
        return None
    with request.state.pytune.database.read() as session:
        return alerts.alarm(session)


def part(request: Request, template: str, context: Mapping[str, Any]) -> HTMLResponse:
    """A piece of a page for htmx."""
    return HTMLResponse(_rendered(request, template, context), headers=_HEADERS)


def _layout(request: Request, viewer: Viewer | None) -> str:
    """Who is not signed in stands in the doorway, without player and scripts."""
    if viewer is None:
        return "doorway.html"
    return "_swapped.html" if from_htmx(request) else "base.html"


def from_htmx(request: Request) -> bool:
    """Whether htmx asks for something to swap in; going back through history needs it whole."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def target_of(request: Request) -> str | None:
    """Id of the element that htmx will fill with the answer."""
    if not from_htmx(request):
        return None
    return request.headers.get("HX-Target", "").partition("#")[2] or None


@cache
def environment(language: str = LANGUAGES[0]) -> Environment:
    """The templates in that language."""
    made = Environment(
        loader=InliningLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[ConstantFolding],
    )
    texts.install(made, language)
    made.globals |= {
        "cover_url": cover_url,
        "icon": icon,
        "modules": files.MODULES,
        "static": files.ADDRESS,
        "in_place": _IN_PLACE,
        "wall_url": WALL_URL,
        "youtube_list": youtube_list,
        "youtube_search": youtube_search,
    }
    made.filters |= {"marked": marked, "player_data": _player_json}
    return made


def player_entry(item: Item) -> dict[str, Any]:
    """An entry of the player's queue: what `data-track` holds."""
    search = youtube_search(item.track.artist_name, item.track.title)
    return player_data(item) | {"search": search}


def _player_json(item: Item) -> str:
    return json.dumps(player_entry(item), ensure_ascii=False)


def _rendered(request: Request, template: str, context: Mapping[str, Any]) -> str:
    settings = request.state.pytune.settings
    shown = {
        "path": request.url.path,
        "settings": settings,
        "time_zone": texts.zone_of(request),
        **context,
    }
    return environment(texts.language_of(request)).get_template(template).render(shown)
