"""Icons as lines on a field of 24 by 24, drawn within the page.

Of a sprite each icon would be a copy that the browser makes and lays out after the page: a list has
a hundred of them.
"""

from functools import cache

from markupsafe import Markup

_LINES = {
    "heart": "M12 19.5 4.7 12.3a4.7 4.7 0 0 1 6.6-6.7l.7.7.7-.7a4.7 4.7 0 0 1 6.6 6.7z",
    "dislike": "M4.3 12a7.7 7.7 0 1 0 15.4 0 7.7 7.7 0 1 0-15.4 0M6.6 6.6l10.8 10.8",
    "queue": "M4 6.5h16M4 12h16M4 17.5h9",
    "queue-add": "M4 6.5h16M4 12h10M4 17.5h7M17.5 13v8M13.5 17h8",
    "add": "M4.3 12a7.7 7.7 0 1 0 15.4 0 7.7 7.7 0 1 0-15.4 0M12 8.5v7M8.5 12h7",
    "search": "M4.8 10.8a6 6 0 1 0 12 0 6 6 0 1 0-12 0M15.3 15.3l4.7 4.7",
    "home": "M4.5 10.5 12 4.5l7.5 6v9h-5v-5.5h-5v5.5h-5z",
    "settings": (
        "M4 8h8m5 0h3M4 16h3m5 0h8M12 8a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0M7 16a2.5 2.5 0"
        " 1 0 5 0 2.5 2.5 0 1 0-5 0"
    ),
    "close": "m6 6 12 12M18 6 6 18",
    "volume": "M4.5 9.5h3.5l4-4v13l-4-4h-3.5zM15.5 9a4.3 4.3 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
    "check": "m5 12.5 4.5 4.5L19 7",
    "alert": "M12 4.5 21 19.5H3zM12 10v4.5M12 16v1.5",
    "no-video": "M4 6.5h11v4l5-2.5v8l-5-2.5v4H4zM3.5 3.5l17 17",
    "muted": "M4.5 9.5h3.5l4-4v13l-4-4h-3.5zM16 9.5l5 5M21 9.5l-5 5",
    "shuffle": (
        "M4 7.5h3.5l8 9H20M4 16.5h3.5l2.3-2.6M13.2 10.1l2.3-2.6H20M17.5 4.5l3 3-3 3M17.5"
        " 13.5l3 3-3 3"
    ),
    "repeat": "M4.5 12V8.5h13M15 5.5l3 3-3 3M19.5 12v3.5h-13M9 18.5l-3-3 3-3",
    "repeat-one": "M4.5 12V8.5h13M15 5.5l3 3-3 3M19.5 12v3.5h-13M9 18.5l-3-3 3-3M11 11.5l1.5-1v4",
    "keys": "M3.5 7h17v10.5h-17zM6.5 10.2h1.6m3 0h1.6m3 0h1.6M8 14.2h8",
    "radio": (
        "M10 12a2 2 0 1 0 4 0 2 2 0 1 0-4 0M8.3 15.7a5.2 5.2 0 0 1 0-7.4M15.7 8.3a5.2 5.2 0"
        " 0 1 0 7.4M5.5 18.5a9.2 9.2 0 0 1 0-13M18.5 5.5a9.2 9.2 0 0 1 0 13"
    ),
    "why": "M8.5 9.2a3.5 3.5 0 1 1 5.2 3.1c-1.1.6-1.7 1.2-1.7 2.7M12 18v.6",
    "take": "M12 4.5v10M8 11l4 4 4-4M5 15.5v4h14v-4",
    "library": "M5 4.5v15M9.5 4.5v15M13.3 5.3l5.5 14",
    "models": "M4 4.5v15h16M8 15l4-4.5 3 2.5 5-6.5",
    "up": "M12 19.5v-14M6.5 11L12 5.5l5.5 5.5",
    "down": "M12 4.5v14M6.5 13l5.5 5.5 5.5-5.5",
}
_SOLID = {
    "play": "M7.5 4.5v15l12-7.5z",
    "pause": "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
    "previous": "M6 5h2.5v14H6zM19 5.5v13L9.5 12z",
    "next": "M15.5 5H18v14h-2.5zM5 5.5 14.5 12 5 18.5z",
    "more": "M4 10.5h3v3H4zm6.5 0h3v3h-3zm6.5 0h3v3h-3z",
    "grip": (
        "M8 6h2.5v2.5H8zm5.5 0H16v2.5h-2.5zM8 10.8h2.5v2.5H8zm5.5 0H16v2.5h-2.5zM8"
        " 15.6h2.5v2.5H8zm5.5 0H16v2.5h-2.5z"
    ),
}
_FULL = {"heart-full": _LINES["heart"]}
_DRAWN = (
    {name: f'<path d="{path}"/>' for name, path in _LINES.items()}
    | {name: f'<path class="solid" d="{path}"/>' for name, path in _SOLID.items()}
    | {name: f'<path class="full" d="{path}"/>' for name, path in _FULL.items()}
)
NAMES = frozenset(_DRAWN)


@cache
def icon(name: str, second: str | None = None) -> Markup:
    """The icon of that name; the second is shown instead while its button has `data-on`.

    Raises:
        KeyError: there is no such icon.
    """
    drawn = _DRAWN[name] if second is None else f"<g>{_DRAWN[name]}</g><g>{_DRAWN[second]}</g>"
    return Markup(  # noqa: S704  all of it stands above
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{drawn}</svg>'
    )
