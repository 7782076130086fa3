"""The pages."""

from fastapi import FastAPI

from app.settings import Settings


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the pages."""
