"""Rows of data_import: begun, kept up to date by whoever holds the claim, ended."""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from app.db import worded
from app.errors import InvalidInput
from app.importing.errors import ImportNotFound, ImportOver
from app.importing.formats import HISTORIES, SOURCES, ImportFormat
from app.importing.report import RejectedFile, Tally
from app.models import DataImport, ImportState
from app.models.columns import utc_now
from app.models.listening import MAX_SOURCE

ACTIVE = (ImportState.QUEUED, ImportState.RUNNING, ImportState.UNDOING)
"""States in which something is still to be done."""
UNDONE_FROM = (ImportState.FINISHED, ImportState.FAILED, ImportState.CANCELLED)
_MAX_TEXT = 1000
"""Characters of a path or an error that the table holds."""
_SOURCE = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{MAX_SOURCE - 1}}}")
_NOT_IN_SOURCE = re.compile(r"[^a-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be imported for whom. `user_id`: whose own history it is."""

    form: ImportFormat
    path: Path
    source: str
    user_id: int | None = None
    requested_by: str = "command line"

    @classmethod
    def of(
        cls,
        form: ImportFormat,
        path: Path,
        *,
        source: str | None = None,
        user_id: int | None = None,
        requested_by: str = "command line",
    ) -> "Wanted":
        """Raises InvalidInput for a source that cannot be one, or a history of nobody."""
        if (form in HISTORIES) != (user_id is not None):
            problem = "a listener's own history needs a listener, other formats name theirs"
            raise InvalidInput("user", problem)
        name = SOURCES.get(form) or checked_source(source or path.resolve().name.lower())
        return cls(form, path, name, user_id, requested_by)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write on: the newest one for an import holds."""

    import_id: int
    holder: str
    """The job's id, or a command's."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far an import is."""

    part: int
    position: int
    progress: float


def checked_source(name: str) -> str:
    if not _SOURCE.fullmatch(name):
        raise InvalidInput(
            "source",
            f"must be 1 to {MAX_SOURCE} of a-z, 0-9, '.', '-', '_', is {name!r}: "
            "give the catalogue a name of its own",
        )
    return name


def source_from(name: str) -> str:
    """A source made of a file's name; raises InvalidInput where nothing is left of it."""
    stem = name.lower().removesuffix(".zip")
    return checked_source(_NOT_IN_SOURCE.sub("-", stem).strip("-._")[:MAX_SOURCE])


def write_down(session: Session, wanted: Wanted, state: ImportState, holder: str) -> DataImport:
    row = DataImport(
        source=wanted.source,
        format=wanted.form,
        path=shown_path(wanted.path.resolve()),
        user_id=wanted.user_id,
        requested_by=wanted.requested_by,
        state=state,
        job_id=holder,
        heartbeat_at=utc_now(),
    )
    session.add(row)
    session.flush()
    return row


def record(session: Session, import_id: int) -> DataImport:
    """Raises ImportNotFound."""
    row = session.get(DataImport, import_id)
    if row is None:
        raise ImportNotFound(import_id)
    return row


def locked(session: Session, import_id: int) -> DataImport:
    """The row as it is now, and as it stays until the transaction ends. Raises ImportNotFound."""
    row = session.get(DataImport, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ImportNotFound(import_id)
    return row


def held(session: Session, claim: Claim, *states: ImportState) -> DataImport:
    """The row, locked. Raises ImportOver where the claim is void: cancelled, or another's now."""
    row = locked(session, claim.import_id)
    if row.state not in states or row.job_id != claim.holder:
        raise ImportOver(import_id=claim.import_id, state=str(row.state))
    return row


def take_up(session: Session, claim: Claim) -> DataImport:
    """Begin, or go on where another has left it. Raises ImportOver."""
    row = locked(session, claim.import_id)
    if row.job_id != claim.holder or row.state not in ACTIVE:
        raise ImportOver(import_id=claim.import_id, state=str(row.state))
    if row.state is ImportState.QUEUED:
        row.state = ImportState.RUNNING
    row.attempts += 1
    row.heartbeat_at = utc_now()
    session.add(row)
    return row


def keep(
    session: Session, claim: Claim, tally: Tally, place: Place, rejected: RejectedFile
) -> None:
    """In the transaction of a block: how far it is, by which another could go on."""
    row = held(session, claim, ImportState.RUNNING)
    row.rows_read, row.rows_loaded = tally.read, tally.loaded
    row.rows_unchanged, row.rows_rejected = tally.unchanged, tally.rejected
    row.rows_passed_over, row.tracks_added = tally.passed_over, tally.tracks_added
    row.tally = tally.as_json()
    row.part, row.position, row.progress = place.part, place.position, place.progress
    row.reasons, row.rejected_bytes = dict(rejected.reasons), rejected.size
    row.rejected_file = shown_path(rejected.written) if rejected.written else None
    row.heartbeat_at = utc_now()
    session.add(row)


def live(session: Session, claim: Claim) -> None:
    """Say that its job lives, where there is nothing to write down. Raises ImportOver."""
    row = held(session, claim, *ACTIVE)
    row.heartbeat_at = utc_now()
    session.add(row)


def end(session: Session, claim: Claim, state: ImportState, error: str | None = None) -> None:
    """Write how it ended. Raises ImportOver where somebody else has ended it meanwhile."""
    row = held(session, claim, *ACTIVE)
    row.state, row.error, row.finished_at = state, error, utc_now()
    row.progress = 1.0 if error is None else row.progress
    session.add(row)


def remove_reports(session: Session, before: datetime) -> int:
    """Delete the files of what imports that ended before then could not take; how many."""
    finished = col(DataImport.finished_at)
    old = select(DataImport).where(
        col(DataImport.rejected_file).is_not(None), finished.is_not(None), finished < before
    )
    rows = session.exec(old).all()
    for row in rows:
        Path(row.rejected_file or "").unlink(missing_ok=True)
        row.rejected_file = None
        session.add(row)
    return len(rows)


def reason_of(error: BaseException) -> str:
    """As long as a row can hold."""
    return worded(error)[:_MAX_TEXT]


def shown_path(path: Path) -> str:
    """Its end where it is long; bytes that are no UTF-8 cannot be kept."""
    return os.fsencode(path).decode("utf-8", "replace")[-_MAX_TEXT:]


def is_silent(row: DataImport, latest: datetime) -> bool:
    """Whether nobody has written anything of it since then."""
    return row.state in ACTIVE and (row.heartbeat_at is None or row.heartbeat_at < latest)
