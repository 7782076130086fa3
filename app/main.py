"""The web process: one FastAPI application mounts the schema, serves the pages, answers probes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

import anyio.to_thread
from fastapi import FastAPI

from app import graphql, probes, web
from app.settings import Settings
from app.state import State
from app.telemetry import Tracing


class Lifespan(TypedDict):
    """What requests find in `request.state`."""

    pytune: State


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; settings from the environment unless they are given."""
    chosen = settings or Settings()
    tracing = Tracing(chosen.otlp_url, "web")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Lifespan]:
        state = State.open(chosen)
        tracing.watch(state.database.engine)
        await anyio.to_thread.run_sync(state.start)
        try:
            async with state.news.heard():
                yield {"pytune": state}
        finally:
            await anyio.to_thread.run_sync(state.close)
            await anyio.to_thread.run_sync(tracing.close)

    app = FastAPI(title="PyTune", lifespan=lifespan, openapi_url=None, docs_url=None)
    graphql.mount(app, chosen)
    web.mount(app, chosen)
    probes.mount(app, chosen, tracing)
    return app
