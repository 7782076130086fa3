"""Commands that serve, each process alone."""

import gc
import os
import socket
import sys

import uvicorn

from app import lifeline
from app.cli.opening import ready
from app.embedded import WEB_SOCKET
from app.logs import configure
from app.machine import share_heaps
from app.queue_names import QueueName
from app.settings import Settings, settings_with

_STARTUP_FAILED = 3
_GRACE_SECONDS = 5


def web(port: int | None) -> None:
    gc.disable()  # nothing that is imported is garbage, now or later
    from app.graphql.router import MAX_BODY
    from app.main import create_app

    gc.freeze()
    gc.enable()
    lifeline.await_start()
    settings = settings_with(port)
    _begin_process(settings)
    config = uvicorn.Config(
        create_app,
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        server_header=False,
        ws_max_size=MAX_BODY,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    given = os.environ.get(WEB_SOCKET)
    server = uvicorn.Server(config)
    server.run(sockets=[socket.socket(fileno=int(given))] if given else None)
    if not server.started:
        sys.exit(_STARTUP_FAILED)


def worker(queue: QueueName | None) -> None:
    settings = Settings()
    _begin_process(settings)
    if queue is None:
        from jobs.workers import work_all  # the other commands need not wait for RQ

        work_all(settings)
    else:
        from jobs.worker import work

        work(settings, queue)


def scheduler() -> None:
    from jobs.schedule import schedule  # the other commands need not wait for RQ

    settings = Settings()
    _begin_process(settings)
    schedule(settings)


def _begin_process(settings: Settings) -> None:
    share_heaps()
    configure(settings)
    lifeline.hold_on()
    ready(settings).dispose()
