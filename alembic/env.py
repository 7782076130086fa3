"""Runs migrations on app.migrations' connection, or on the database that the settings name."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app import models, resuming  # noqa: F401  they register tables, and the steps of MySQL
from app.db import open_database
from app.migrations import references_unwatched
from app.settings import Settings


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = open_database(Settings())
    with database.engine.connect() as own, references_unwatched(own):
        run(own)
        own.commit()
    database.dispose()
