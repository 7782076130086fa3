"""What machines that watch ask for, and what is noted of every request."""

from fastapi import FastAPI

from app.probes.answers import router
from app.probes.requests import Requests
from app.settings import Settings
from app.telemetry import Tracing


def mount(app: FastAPI, settings: Settings, tracing: Tracing) -> None:
    """Serve /healthz, /readyz and /metrics, and wrap all else: this comes last."""
    app.include_router(router, include_in_schema=False)
    app.add_middleware(Requests, tracing=tracing, logged=settings.production)
