"""Errors as pages: what happened, and one way on. Programs get the same as JSON."""

import logging
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from app.access import Viewer, caller_of, retry_after
from app.db import may_pass
from app.errors import (
    DatabaseUnavailable,
    InvalidInput,
    NotFound,
    NotSignedIn,
    PyTuneError,
    TooManyRequests,
)
from app.settings import Settings
from app.telemetry import HEADER, request_id
from app.web.door import page_of, visitor
from app.web.headers import safe_headers
from app.web.render import page

log = logging.getLogger(__name__)

STATUS = {
    "invalid_credentials": HTTPStatus.UNAUTHORIZED,
    "not_signed_in": HTTPStatus.UNAUTHORIZED,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "playlist_changed": HTTPStatus.CONFLICT,
    "cross_site": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "no_listens": HTTPStatus.CONFLICT,
    "training_underway": HTTPStatus.CONFLICT,
    "tuning_underway": HTTPStatus.CONFLICT,
    "tuning_over": HTTPStatus.CONFLICT,
    "import_underway": HTTPStatus.CONFLICT,
    "upload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "no_champion": HTTPStatus.CONFLICT,
    "no_previous_champion": HTTPStatus.CONFLICT,
    "model_removed": HTTPStatus.CONFLICT,
    "bad_artifact": HTTPStatus.CONFLICT,
    "name_taken": HTTPStatus.CONFLICT,
    "last_administrator": HTTPStatus.CONFLICT,
    "link_invalid": HTTPStatus.GONE,
    "invalid_input": HTTPStatus.UNPROCESSABLE_ENTITY,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "queue_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "video_search_failed": HTTPStatus.BAD_GATEWAY,
    "database_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Of foreseen errors; of others it is 500."""
_PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(problem: PyTuneError | None) -> int:
    """Of a page that says what was refused, or of one that says nothing of the kind."""
    return STATUS.get(problem.code, HTTPStatus.INTERNAL_SERVER_ERROR) if problem else HTTPStatus.OK


class PageNotFound(NotFound):
    template = "Nothing is at {path}."


class WrongMethod(PyTuneError):
    code = "wrong_method"
    template = "{path} does not take {method}."


class Unforeseen(PyTuneError):
    """A bug; its own text goes to the log, not to the reader."""

    code = "unforeseen"


def mount(app: FastAPI, settings: Settings) -> None:
    def unforeseen(request: Request, _: Exception) -> Response:
        # Nobody is looked up: what failed may be the database itself.
        response = _shown(request, Unforeseen(), None)
        # This answer passes by the middleware that gives every other one its headers.
        response.headers.update(safe_headers(settings) | {HEADER: request_id() or ""})
        return response

    app.add_exception_handler(Exception, unforeseen)
    app.add_exception_handler(PyTuneError, _foreseen)
    app.add_exception_handler(SQLAlchemyError, _of_database)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _invalid)


def _foreseen(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn) and _wants_page(request):
        return _to_sign_in(request)
    return _answer(request, error)


def _of_database(request: Request, error: Exception) -> Response:
    """Nobody is looked up: the database would be asked for that. What will not pass is a bug."""
    if not may_pass(error):
        raise error
    log.error("the database could not be asked", exc_info=error)
    known = DatabaseUnavailable(address="?", reason=type(error).__name__)
    return _shown(request, known, None)


def _of_http(request: Request, error: Exception) -> Response:
    """What the router refuses: unknown paths and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    path = request.url.path
    known: PyTuneError = PageNotFound(path=path)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        known = WrongMethod(path=path, method=request.method)
    return _answer(request, known, status)


def _invalid(request: Request, error: Exception) -> Response:
    """A number in the path that is none leads nowhere; other fields have bad values."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    where, name = problems[0]["loc"][0], problems[0]["loc"][-1]
    if where == "path":
        return _answer(request, PageNotFound(path=request.url.path))
    return _answer(request, InvalidInput(str(name), problems[0]["msg"]))


def _answer(request: Request, error: Exception, status: int | None = None) -> Response:
    """Told to whoever is signed in, unless they ask too often: then they are told that."""
    known = error if isinstance(error, PyTuneError) else Unforeseen()
    try:
        return _shown(request, known, _viewer(request), status)
    except TooManyRequests as excess:
        return _shown(request, excess, request.state.viewer)


def _shown(
    request: Request, error: PyTuneError, viewer: Viewer | None, status: int | None = None
) -> Response:
    status = status or status_of(error)
    if not _wants_page(request):
        body = {"error": error.code, "message": str(error)}
        return JSONResponse(body, status, retry_after(error))
    shown = {"error": error, "again": _again(request, status)}
    answer = page(request, viewer, "errors/error.html", shown, status)
    answer.headers.update(retry_after(error))
    return answer


def _again(request: Request, status: int) -> str | None:
    """The address to try once more, where it is only to be looked at and may be there later."""
    if request.method != "GET" or status not in _PASSING:
        return None
    return page_of(str(request.url))


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page and back again; htmx is told in a header of its own.

    Who is signed in, as another than the page's, passes it by: the page is loaded afresh.
    """
    by_htmx = "HX-Request" in request.headers or _restores(request)
    onward = page_of(request.headers.get("HX-Current-URL", str(request.url)))
    if request.method != "GET" and not by_htmx:
        onward = "/"
    address = "/login" if onward == "/" else f"/login?{urlencode({'next': onward})}"
    if by_htmx:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") or _restores(request)


def _restores(request: Request) -> bool:
    """Whether htmx goes back or forth through history; it says nothing else of itself then."""
    return "HX-History-Restore-Request" in request.headers


def _viewer(request: Request) -> Viewer | None:
    """Who is signed in, so that the error stands in the page they know. Raises TooManyRequests."""
    if hasattr(request.state, "viewer"):
        known: Viewer | None = request.state.viewer
        return known
    address = request.client.host if request.client else None
    caller = caller_of(request.headers, request.cookies, address)
    return visitor(request, request.state.pytune, caller)
