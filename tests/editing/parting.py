"""Split tracks in tests, by what their origins are called."""

from app import editing, verifying
from app.db import Database
from app.editing import Origin
from app.importing.records import Wanted
from app.importing.run import import_now
from app.settings import Settings


def origins(database: Database, track: int) -> dict[str, Origin]:
    """By the source and what it is called there."""
    with database.read() as session:
        found = editing.origins_of(session, track)
    return {f"{one.source} {one.title or one.external_id or 'none'}": one for one in found}


def split_off(database: Database, track: int, *chosen: str, **names: str) -> int:
    keys = [origins(database, track)[one].key for one in chosen]
    return database.transact(
        lambda session: editing.split_track(session, track, keys, "root", **names)
    )


def listens(database: Database, track: int) -> dict[str, int]:
    return {name: one.listens for name, one in origins(database, track).items()}


def is_well(database: Database, settings: Settings) -> bool:
    with database.read() as session:
        return list(verifying.findings(session, settings)) == []


def imported_again(database: Database, wanted: Wanted) -> int:
    """How many listens were new."""
    report = import_now(database, wanted, wanted.path.parent, lambda *_: None)
    return report.listens.loaded
