"""The GraphQL door."""

from fastapi import FastAPI

from app.settings import Settings


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the schema at /graphql."""
