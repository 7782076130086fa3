"""Use-case: import PyTune's own CSV files."""

from pathlib import Path

from app.db import Database
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.importing.report import ImportReport, Progress
from app.importing.run import import_now


def import_csv(
    database: Database,
    folder: Path,
    reports: Path,
    progress: Progress,
    source: str | None = None,
) -> ImportReport:
    """As `import_now`; `source` is by default the folder's name. Raises InvalidInput for it."""
    wanted = Wanted.of(ImportFormat.CSV, folder, source=source)
    return import_now(database, wanted, reports, progress)
