"""The id of a request: in its answer, in each line that is logged for it, in jobs that it began."""

import re
from uuid import uuid4

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What a proxy may hand over: nothing that could forge a line of a log."""
_NAME = "request_id"


def bind_request(given: str | None) -> str:
    """Bind the id that was given, or a new one, to what this task logs; the id."""
    chosen = given if given and _GIVEN.fullmatch(given) else uuid4().hex
    clear_contextvars()
    bind_contextvars(**{_NAME: chosen})
    return chosen


def request_id() -> str | None:
    """None outside of a request."""
    found: str | None = get_contextvars().get(_NAME)
    return found
