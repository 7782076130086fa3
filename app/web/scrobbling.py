"""The ListenBrainz protocol under /1/: what scrobblers speak, with PyTune's own tokens.

Nobody's listens are public here: reading needs the listener's own token.
"""

import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from app import access, catalog, listening, scrobbling
from app.access import Caller, Viewer
from app.catalog import CatalogTrack
from app.errors import PyTuneError, TooManyRequests
from app.models.columns import utc_now
from app.rates import Window
from app.state import State
from app.web import playing_now
from app.web.submissions import MAX_PAYLOAD_SIZE, Refused, submission

log = logging.getLogger(__name__)

DEFAULT_ITEMS, MAX_ITEMS = 25, 100
_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset-In",
}
"""Safe, as no browser adds the token by itself."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """Words every refusal as the protocol does."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                response = await answer(request)
            except Refused as refusal:
                response = _refusal(refusal.status, str(refusal))
            except TooManyRequests as refusal:
                seconds, limit = refusal.values["retry_after_seconds"], refusal.values["limit"]
                request.state.rate = _rate(Window(limit, 0, seconds))
                response = _refusal(429, str(refusal), access.retry_after(refusal))
            except RequestValidationError as error:
                field = error.errors()[0]["loc"][-1]
                response = _refusal(400, f"{field}: {error.errors()[0]['msg']}")
            except PyTuneError as error:
                response = _refusal(400, str(error))
            except OperationalError:
                log.exception("a scrobble could not be kept")
                response = _refusal(503, "The database does not answer: try again in a moment.")
            response.headers.update(_ANYWHERE | getattr(request.state, "rate", {}))
            return response

        return answered


router = APIRouter(prefix="/1", route_class=Route)

Count = Annotated[int, Query(ge=1)]
Seconds = Annotated[int | None, Query(ge=0, le=253_402_300_000)]


@router.post("/submit-listens")
async def submit_listens(request: Request) -> Response:
    state, viewer = await _entered(request)
    kind, scrobbles = submission(await _body(request))
    if kind == "playing_now":
        await to_thread.run_sync(playing_now.note, state, viewer, scrobbles[0])
    else:
        await to_thread.run_sync(
            state.database.transact,
            lambda session: scrobbling.submit(session, viewer.id, scrobbles),
        )
    return JSONResponse({"status": "ok"})


@router.get("/validate-token")
async def validate_token(request: Request, token: str | None = None) -> Response:
    given = token or _token(request)
    if not given:
        raise Refused(400, "You need to provide an Authorization token.")
    viewer = await _viewer(request, given)
    if viewer is None:
        return JSONResponse({"code": 200, "message": "Token invalid.", "valid": False})
    said = {"code": 200, "message": "Token valid.", "valid": True, "user_name": viewer.name}
    return JSONResponse(said)


@router.get("/user/{name}/listens")
async def listens(
    request: Request,
    name: str,
    count: Count = DEFAULT_ITEMS,
    max_ts: Seconds = None,
    min_ts: Seconds = None,
) -> Response:
    """The newest before `max_ts`, or the first after `min_ts`; the newest first either way."""
    state, viewer = await _oneself(request, name)
    if max_ts is not None and min_ts is not None and max_ts <= min_ts:
        raise Refused(400, "max_ts should be greater than min_ts.")
    before = _time(max_ts) if max_ts is not None else utc_now() + timedelta(days=1)
    since = _time(min_ts) if min_ts is not None else None
    payload = await to_thread.run_sync(
        _listens, state, viewer, min(count, MAX_ITEMS), before, since
    )
    return JSONResponse({"payload": payload})


@router.get("/user/{name}/listen-count")
async def listen_count(request: Request, name: str) -> Response:
    state, viewer = await _oneself(request, name)

    def counted() -> int:
        with state.database.read() as session:
            return listening.count_listens(session, viewer.id)

    return JSONResponse({"payload": {"count": await to_thread.run_sync(counted)}})


@router.get("/user/{name}/playing-now")
async def what_plays(request: Request, name: str) -> Response:
    state, viewer = await _oneself(request, name)
    found = await to_thread.run_sync(playing_now.told, state, viewer)
    payload = {
        "count": len(found),
        "user_id": viewer.name,
        "playing_now": True,
        "listens": [{"playing_now": True, "track_metadata": one} for one in found],
    }
    return JSONResponse({"payload": payload})


@router.options("/{path:path}")
async def preflight(path: str) -> Response:
    """Players in web pages ask whether they may send a token."""
    del path
    allowed = {"Access-Control-Allow-Headers": "Authorization, Content-Type"}
    allowed |= {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Max-Age": "86400"}
    return Response(status_code=204, headers=allowed)


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() in {"token", "bearer"} else None


async def _viewer(request: Request, token: str) -> Viewer | None:
    state: State = request.state.pytune
    address = request.client.host if request.client else "unknown"
    caller = Caller(address, token, None)
    viewer = await to_thread.run_sync(state.access.enter, caller)
    request.state.rate = _rate(await to_thread.run_sync(state.access.requests_left, caller, viewer))
    return viewer


def _rate(left: Window) -> dict[str, str]:
    """By these, clients of the protocol slow down before they are refused."""
    return {
        "X-RateLimit-Limit": str(left.limit),
        "X-RateLimit-Remaining": str(left.remaining),
        "X-RateLimit-Reset-In": str(left.seconds),
    }


async def _entered(request: Request) -> tuple[State, Viewer]:
    """Raises Refused without a valid token."""
    token = _token(request)
    viewer = await _viewer(request, token) if token else None
    if viewer is None:
        raise Refused(401, "Invalid authorization token.")
    return request.state.pytune, viewer


async def _oneself(request: Request, name: str) -> tuple[State, Viewer]:
    """Raises Refused unless the token is that of the listener of that name."""
    state, viewer = await _entered(request)
    if viewer.name.casefold() != name.casefold():
        raise Refused(404, f"Cannot find user: {name}")
    return state, viewer


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PAYLOAD_SIZE:
            break
    return bytes(body)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _listens(
    state: State, viewer: Viewer, count: int, before: datetime, since: datetime | None
) -> dict[str, Any]:
    with state.database.read() as session:
        rows = listening.dated_history(session, viewer.id, count, before, since)
        tracks = catalog.tracks_by_id(session, [row.track_id for row in rows])
        ends = listening.first_and_last(session, viewer.id)
    told = [
        {
            "listened_at": int(row.listened_at.timestamp()),
            "user_name": viewer.name,
            "recording_msid": str(uuid5(NAMESPACE_URL, f"pytune:track:{track.id}")),
            "track_metadata": _metadata(track, row.source),
        }
        for row, track in zip(rows, tracks, strict=True)
        if track is not None and row.listened_at is not None
    ]
    oldest, latest = (int(one.timestamp()) if one else 0 for one in ends)
    return {
        "count": len(told),
        "user_id": viewer.name,
        "latest_listen_ts": latest,
        "oldest_listen_ts": oldest,
        "listens": told,
    }


def _metadata(track: CatalogTrack, source: str) -> dict[str, Any]:
    more: dict[str, Any] = {"submission_client": source}
    if track.duration_seconds:
        more["duration"] = track.duration_seconds
    if track.youtube_id:
        more["origin_url"] = f"https://www.youtube.com/watch?v={track.youtube_id}"
    told = {"track_name": track.title, "artist_name": track.artist_name, "additional_info": more}
    return told | ({"release_name": track.album} if track.album else {})


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": status, "error": message}, status, headers)
