"""Read pages in tests: what a reader sees, and the values of attributes."""

import html
import re


def text(page: str) -> str:
    """The words that stand between the tags, gaps made single."""
    page = re.sub(r"</?(?:em|mark|strong|b|span)\b[^>]*>", "", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def attributes(page: str, name: str) -> list[str]:
    """Every value of an attribute, in order."""
    return [html.unescape(value) for value in re.findall(rf'\s{name}="([^"]*)"', page)]


def titles(page: str) -> list[str]:
    """Titles of the tracks that the page lists, in order: the lead, rows and cards."""
    found = re.findall(r'class="(?:row|card|lead)-title"><a href="/tracks/\d+">(.*?)</a>', page)
    return [text(title) for title in found]
