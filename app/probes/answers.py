"""What is asked by machines that watch: whether it runs, whether it is ready, how it does."""

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.probes.gauges import Gauges, gathered
from app.state import State

router = APIRouter()

_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
REFUSED = (
    "Only with the token of PYTUNE_PROBE_TOKEN, sent as `Authorization: Bearer …`, "
    "or from a private address where none is set."
)


def is_welcome(address: str | None, headers: Mapping[str, str], token: str | None) -> bool:
    """By the token; where none is set, from a private address that speaks for itself.

    A proxy's own address is private too, and so is that of a container network's gateway, as
    which anybody may come: with a token an address proves nothing.
    """
    if token:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        return right and scheme.lower() == "bearer"
    return not any(name in headers for name in _FORWARDED) and _is_private(address)


def _is_private(address: str | None) -> bool:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_private or mapped.is_loopback)


async def _state(request: Request) -> State:
    state: State = request.state.pytune
    return state


Here = Annotated[State, Depends(_state)]


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> PlainTextResponse:
    """The process answers: nothing else is asked, so that no fault elsewhere gets it killed."""
    return PlainTextResponse("running")


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz(request: Request, state: Here) -> Response:
    """200 where lists can be made, 503 where not; what is away is named in either case."""
    if not _may(request, state):
        return PlainTextResponse(REFUSED, 403)
    found = await gathered(state)
    body = {"ready": found.is_ready, **found.parts}
    return JSONResponse(body, 200 if found.is_ready else 503)


@router.get("/metrics")
async def metrics(request: Request, state: Here) -> Response:
    """In Prometheus' text format."""
    if not _may(request, state):
        return PlainTextResponse(REFUSED, 403)
    found = await gathered(state)
    text = await to_thread.run_sync(generate_latest, Gauges(found), limiter=state.lookers)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _may(request: Request, state: State) -> bool:
    address = request.client.host if request.client else None
    return is_welcome(address, request.headers, state.settings.probe_token)
