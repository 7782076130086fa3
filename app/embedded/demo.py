"""The demo: our own catalogue with made-up listeners, imported once, and two accounts."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, select

from app import accounts
from app.db import Database
from app.demo.generator import generate
from app.importing.csv_import import import_csv
from app.importing.report import Progress
from app.models import DataImport, ExternalId, ExternalKind, ImportState, Role
from app.settings import Settings

SOURCE = "demo"
LISTENER, ADMINISTRATOR = "listener", "admin"
_CLAIMED = "listener-0001"
"""The made-up listener whose history the demo's listener has."""
_PASSWORD_BYTES = 9


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """How to sign in. Kept in the data folder, so that each start can say it again."""

    listener_password: str
    administrator_password: str


def prepare(
    settings: Settings,
    database: Database,
    generating: Callable[[int, int], None],
    progress: Progress,
) -> DemoAccounts:
    """Load the catalogue and make the accounts, each once; goes on where it was interrupted."""
    with database.read() as session:
        loaded = _is_loaded(session)
    if not loaded:
        folder = settings.folder / "demo"
        generate(folder, report=generating)
        import_csv(database, folder, settings.reports, progress, SOURCE)
    known = _kept_accounts(settings.folder / "demo-accounts.json")
    database.transact(lambda session: _make_accounts(session, known))
    return known


def _is_loaded(session: Session) -> bool:
    finished = select(DataImport.id).where(
        DataImport.source == SOURCE, DataImport.state == ImportState.FINISHED
    )
    return session.exec(finished).first() is not None


def _kept_accounts(path: Path) -> DemoAccounts:
    """Random at the first start: nobody's server has a password that the world knows."""
    if path.exists():
        return DemoAccounts(**json.loads(path.read_text()))
    made = DemoAccounts(*(secrets.token_urlsafe(_PASSWORD_BYTES) for _ in range(2)))
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(made)))
    unfinished.replace(path)
    return made


def _make_accounts(session: Session, known: DemoAccounts) -> None:
    if accounts.user_by_name(session, ADMINISTRATOR) is None:
        password = accounts.hashed(known.administrator_password)
        accounts.create_user(session, ADMINISTRATOR, password, Role.ADMINISTRATOR)
    if accounts.user_by_name(session, LISTENER) is None:
        accounts.rename(session, _claimed(session), LISTENER)
        accounts.set_password(session, LISTENER, accounts.hashed(known.listener_password))


def _claimed(session: Session) -> int:
    return session.exec(
        select(ExternalId.our_id).where(
            ExternalId.source == SOURCE,
            ExternalId.kind == ExternalKind.USER,
            ExternalId.external_id == _CLAIMED,
        )
    ).one()
