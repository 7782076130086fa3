"""Use-cases: delete an account with everything that was derived from it."""

from pathlib import Path

from sqlmodel import Session, col, delete, select, update

from app import users
from app.db import Database
from app.importing import uploads
from app.models import DataImport, ExternalId, ExternalKind, User
from app.settings import Settings


def leave(database: Database, settings: Settings, user_id: int) -> None:
    """Delete the account, then the files that were its own. Raises as `delete_account`."""
    reports = database.transact(lambda session: delete_account(session, user_id))
    for report in reports:
        report.unlink(missing_ok=True)
    uploads.discard_all(settings, user_id)


def delete_account(session: Session, user_id: int) -> list[Path]:
    """The user and, by the tables' own rules, listens, sums, lists, playlists and sign-ins.

    The files of what their imports could not take, for the caller to delete once this is
    committed. Models hold no listener, so none has to be searched. Raises UserNotFound;
    LastAdministrator where nobody would be left to administer.
    """
    users.disable(session, user_id)
    mine = DataImport.user_id == user_id
    imports = session.exec(select(DataImport.id, DataImport.rejected_file).where(mine)).all()
    known_as = (col(ExternalId.kind) == ExternalKind.USER, col(ExternalId.our_id) == user_id)
    session.exec(delete(ExternalId).where(*known_as))
    brought = col(ExternalId.import_id).in_([number for number, _ in imports])
    # What they brought stays, and is nobody's any more: nobody is to take it back.
    session.exec(update(ExternalId).where(brought).values(import_id=None))
    session.exec(delete(User).where(col(User.id) == user_id))
    session.exec(delete(DataImport).where(col(DataImport.user_id) == user_id))
    return [Path(file) for _, file in imports if file]
