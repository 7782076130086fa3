"""One run of an import and its row of data_import: begun, then ended, however it ends."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlmodel import Session

from app.db import Database
from app.errors import PyTuneError
from app.importing.report import Counts, ImportReport, RejectedFile
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now

_MAX_TEXT = 1000
"""Characters of a path or an error that the table holds."""


class ImportRun:
    """Enter to write down that it runs; leaving writes what came of it, or why it failed."""

    def __init__(
        self, database: Database, source: str, form: str, path: Path, reports: Path
    ) -> None:
        self.database = database
        self.source = source
        self.tracks, self.listens = Counts(), Counts()
        self._form, self._path, self._reports = form, path, reports

    def __enter__(self) -> Self:
        self.id = self.database.transact(self._begin)
        self.rejected = RejectedFile(self._reports / f"import-{self.id}-rejected.csv")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rejected.close()
        self.database.transact(lambda session: self._end(session, error))

    def report(self) -> ImportReport:
        reasons = dict(self.rejected.reasons)
        return ImportReport(self.id, self.tracks, self.listens, reasons, self.rejected.written)

    def _begin(self, session: Session) -> int:
        row = DataImport(source=self.source, format=self._form, path=_shown(self._path.resolve()))
        session.add(row)
        session.flush()
        return id_of(row)

    def _end(self, session: Session, error: BaseException | None) -> None:
        row = session.get_one(DataImport, self.id)
        both = (self.tracks, self.listens)
        row.rows_read = sum(counts.read for counts in both)
        row.rows_loaded = sum(counts.loaded for counts in both)
        row.rows_unchanged = sum(counts.unchanged for counts in both)
        row.rows_rejected = sum(counts.rejected for counts in both)
        row.rejected_file = _shown(self.rejected.written) if self.rejected.written else None
        row.state = ImportState.FAILED if error else ImportState.FINISHED
        row.error = _worded(error)[:_MAX_TEXT] if error else None
        row.finished_at = utc_now()


def _shown(path: Path) -> str:
    """Its end where it is long; bytes that are no UTF-8 cannot be kept."""
    return os.fsencode(path).decode("utf-8", "replace")[-_MAX_TEXT:]


def _worded(error: BaseException) -> str:
    return str(error) if isinstance(error, PyTuneError) else f"{type(error).__name__}: {error}"
