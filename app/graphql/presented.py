"""Errors as clients see them: each with a code, none with our insides."""

import logging
import re
from typing import Any

from graphql import GraphQLError
from sqlalchemy.exc import OperationalError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from app.errors import DatabaseUnavailable, InvalidInput, PyTuneError
from app.graphql.problems import values_of, worded

log = logging.getLogger(__name__)

INVALID_REQUEST = "invalid_request"
"""Code of what GraphQL itself refuses: syntax, unknown fields, variables of a wrong type."""
INTERNAL = "internal"
_REFUSALS = (
    GraphQLError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)
"""What is refused because it is no request: streams hand it on as any other error."""
_SUGGESTION = re.compile(r" ?Did you mean [^?]*\?")


def presented(error: GraphQLError, *, suggest: bool) -> GraphQLError:
    """The error to send. What nobody foresaw is logged with its traceback and masked."""
    original = error.original_error
    if original is None or isinstance(original, _REFUSALS):
        message = error.message if suggest else _SUGGESTION.sub("", error.message)
        return _copy(error, message, {"code": INVALID_REQUEST, **(error.extensions or {})})
    if isinstance(original, PyTuneError):
        return _copy(error, worded(original), _extensions(original))
    log.error("a field failed: %s", error.path, exc_info=original)
    if isinstance(original, OperationalError):
        original = DatabaseUnavailable(address="?", reason=original)
        return _copy(error, worded(original), _extensions(original))
    return _copy(error, "Something went wrong.", {"code": INTERNAL})


def refusal(error: PyTuneError) -> GraphQLError:
    """Of a whole request, before any of it is executed."""
    return presented(GraphQLError("", original_error=error), suggest=False)


def _extensions(error: PyTuneError) -> dict[str, Any]:
    values = values_of(error)
    said: dict[str, Any] = {"code": error.code, **({"values": values} if values else {})}
    if isinstance(error, InvalidInput):
        said |= {"field": error.field, "reason": error.reason.name}
    return said


def _copy(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, None, extensions
    )
