"""Use-case: import a folder of PyTune's own CSV files."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlmodel import Session

from app.db import Database
from app.errors import InvalidInput, PyTuneError
from app.importing import csv_files
from app.importing.csv_text import CsvText
from app.importing.loader import Loader
from app.importing.report import Counts, ImportReport, Progress, RejectedFile
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from app.models.listening import MAX_SOURCE

_SOURCE = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{MAX_SOURCE - 1}}}")
_MAX_ERROR = 1000


def import_csv(
    database: Database,
    folder: Path,
    reports: Path,
    progress: Progress,
    source: str | None = None,
) -> ImportReport:
    """Load the folder's tracks and listens; what cannot be taken goes to a file in `reports`.

    `source` (default: the folder's name) and an id in its files name the same thing at every
    import, so a repeated one changes nothing. Raises ImportRefused or InvalidInput before
    anything is written; ImportRefused too where a file breaks off, after what came before it.
    """
    found = csv_files.find(folder)
    name = checked_source(source or folder.resolve().name.lower())
    with ExitStack() as stack:
        # Both headers are read before anything is written.
        tracks = _opened(stack, found.tracks, csv_files.TRACK_COLUMNS)
        listens = _opened(stack, found.listens, csv_files.LISTEN_COLUMNS)
        import_id = database.transact(lambda session: _begin(session, name, folder))
        path = reports / f"import-{import_id}-rejected.csv"
        rejected = stack.enter_context(RejectedFile(path))
        counts = {"tracks": Counts(), "listens": Counts()}
        try:
            loader = Loader(database, name, import_id, rejected)
            _load(loader, tracks, listens, counts, progress)
        except BaseException as error:
            _end(database, import_id, counts, rejected, error)
            raise
        _end(database, import_id, counts, rejected, None)
    return ImportReport(
        import_id, counts["tracks"], counts["listens"], dict(rejected.reasons), rejected.written
    )


def checked_source(name: str) -> str:
    if not _SOURCE.fullmatch(name):
        raise InvalidInput(
            "source",
            f"must be 1 to {MAX_SOURCE} of a-z, 0-9, '.', '-', '_', is {name!r}: "
            "name it with --source",
        )
    return name


def _opened(stack: ExitStack, path: Path | None, columns: tuple[str, ...]) -> CsvText | None:
    return stack.enter_context(CsvText(path, columns)) if path else None


def _load(
    loader: Loader,
    tracks: CsvText | None,
    listens: CsvText | None,
    counts: dict[str, Counts],
    progress: Progress,
) -> None:
    if tracks is not None:
        rows = csv_files.tracks(tracks)
        _follow(tracks, loader.load_tracks(rows, counts["tracks"]), progress)
    if listens is not None:
        name, count = listens.path.name, counts["listens"]
        steps = loader.load_listens(csv_files.listens(listens, utc_now()), name, count)
        _follow(listens, steps, progress)
    loader.refresh_listener_counts()


def _follow(text: CsvText, steps: Iterator[Counts], progress: Progress) -> None:
    counts = Counts()
    for counts in steps:
        progress(text.path.name, min(text.bytes_read / max(text.size, 1), 1.0), counts)
    progress(text.path.name, 1.0, counts)


def _begin(session: Session, source: str, folder: Path) -> int:
    row = DataImport(source=source, format="csv", path=str(folder.resolve())[-1000:])
    session.add(row)
    session.flush()
    return id_of(row)


def _end(
    database: Database,
    import_id: int,
    counts: dict[str, Counts],
    rejected: RejectedFile,
    error: BaseException | None,
) -> None:
    def write(session: Session) -> None:
        row = session.get_one(DataImport, import_id)
        both = counts.values()
        row.rows_read = sum(count.read for count in both)
        row.rows_loaded = sum(count.loaded for count in both)
        row.rows_unchanged = sum(count.unchanged for count in both)
        row.rows_rejected = sum(count.rejected for count in both)
        row.rejected_file = str(rejected.written) if rejected.written else None
        row.state = ImportState.FAILED if error else ImportState.FINISHED
        row.error = _worded(error)
        row.finished_at = utc_now()

    database.transact(write)


def _worded(error: BaseException | None) -> str | None:
    if error is None:
        return None
    text = str(error) if isinstance(error, PyTuneError) else f"{type(error).__name__}: {error}"
    return text[:_MAX_ERROR]
