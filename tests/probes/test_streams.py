"""Streams are counted while they are open, and timed to their beginning."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.probes.requests import Requests
from app.telemetry import REGISTRY, Tracing
from tests.loops import run_async

HOUR = 3600.0
NAMED = {"door": "page", "operation": "unknown", "status": "2xx"}


def _open(kind: str) -> float:
    return REGISTRY.get_sample_value("pytune_streams", {"kind": kind}) or 0


def _times(figure: str) -> float:
    return REGISTRY.get_sample_value(f"pytune_request_seconds_{figure}", NAMED) or 0


async def _nothing() -> Message:
    return {"type": "http.request"}


async def _unheard(_: Message) -> None:
    """Somebody listens, and does nothing with it."""


def _ask(app: Any, scope: dict[str, Any]) -> None:
    requests = Requests(app, tracing=Tracing(None, "test"), logged=False)
    asked = {"path": "/", "headers": [], "method": "GET", "asgi": {"spec_version": "2.4"}}
    run_async(requests, asked | scope, _nothing, _unheard)


def test_a_stream_of_an_hour_is_no_slow_request(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, meanwhile = [time.perf_counter()], list[float]()
    monkeypatch.setattr("app.probes.requests.time", SimpleNamespace(perf_counter=lambda: clock[0]))

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        async def told() -> Any:
            meanwhile.append(_open("events"))
            clock[0] += HOUR
            yield b"event: complete"

        await StreamingResponse(told(), media_type="text/event-stream")(scope, receive, send)

    count, seconds, before = _times("count"), _times("sum"), _open("events")
    _ask(events, {"type": "http"})
    assert meanwhile == [before + 1]
    assert _open("events") == before
    assert (_times("count") - count, _times("sum") - seconds) == (1, 0)


def test_a_web_socket_is_counted_while_it_is_open() -> None:
    meanwhile = list[float]()

    async def socket(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        meanwhile.append(_open("web socket"))
        raise ConnectionError

    before = _open("web socket")
    with pytest.raises(ConnectionError):
        _ask(socket, {"type": "websocket"})
    assert (meanwhile, _open("web socket")) == ([before + 1], before)
