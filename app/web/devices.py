"""What a browser is called in a list of where somebody is signed in."""

from app.accounts import MAX_TOKEN_NAME

UNKNOWN = "Browser"
# What else claims to be Chrome or Safari comes before them.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def device_of(user_agent: str) -> str:
    """The browser and its system, such as Firefox · Linux; UNKNOWN where it says neither."""
    said = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    return (" · ".join(word for word in said if word) or UNKNOWN)[:MAX_TOKEN_NAME]


def _first(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for mark, name in names.items() if mark in user_agent), None)
