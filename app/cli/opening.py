"""What commands begin with: settings, and a database that is ready."""

from app.db import Database, open_database
from app.errors import SchemaBehind
from app.migrations import is_current
from app.settings import Settings


def ready(settings: Settings) -> Database:
    """The database, answering and at this version's schema. Raises SchemaBehind."""
    database = open_database(settings)
    database.check()
    if not is_current(database):
        raise SchemaBehind
    return database
