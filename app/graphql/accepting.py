"""What a client takes for an answer, by its header `Accept`."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
_ANSWERS = {EVENT_STREAM, JSON, GRAPHQL_JSON, "application/graphql+json"}


def media_type(accept: str) -> str:
    """Of an answer in JSON."""
    return GRAPHQL_JSON if GRAPHQL_JSON in accept else JSON


def prefers_events(accept: str) -> bool:
    """Whether a stream of events is what the client would rather have than JSON.

    urql names all that it can read with every query, a stream of events behind JSON: to take its
    mere name for a wish would be to refuse that client everything.
    """
    if EVENT_STREAM not in accept.lower():
        return False
    named = [one for one in _named(accept) if one[0] in _ANSWERS and one[1] > 0]
    return bool(named) and max(named, key=lambda one: one[1])[0] == EVENT_STREAM


def _named(accept: str) -> Iterator[tuple[str, float]]:
    """Each type with its weight, in their order."""
    for part in accept.lower().split(","):
        name, *parameters = (text.strip() for text in part.split(";"))
        yield name, _weight(parameters)


def _weight(parameters: Iterable[str]) -> float:
    """1 where none is told, or none that can be read."""
    for name, _, value in (text.partition("=") for text in parameters):
        if name == "q":
            with suppress(ValueError):
                return float(value)
    return 1.0
