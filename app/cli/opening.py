"""What commands begin with: settings, and a database that is ready."""

from app.db import Database, open_database, open_for_requests
from app.errors import SchemaBehind
from app.migrations import is_current
from app.settings import Settings


def ready(settings: Settings) -> Database:
    """The database, answering and at this version's schema.

    Raises SchemaBehind, or DatabaseUnavailable also where it is there and says nothing: what it
    does later may take long, to answer at all may not.
    """
    asked = open_for_requests(settings)
    try:
        asked.check()
        if not is_current(asked):
            raise SchemaBehind
    finally:
        asked.dispose()
    return open_database(settings)
