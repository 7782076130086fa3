"""Use-case: import a folder of PyTune's own CSV files."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from app.db import Database
from app.errors import ImportRefused, InvalidInput
from app.importing import csv_files
from app.importing.csv_text import CsvText
from app.importing.loader import Loader
from app.importing.report import Counts, ImportReport, Progress
from app.importing.run import ImportRun
from app.models.columns import utc_now
from app.models.listening import MAX_SOURCE

_SOURCE = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{MAX_SOURCE - 1}}}")


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
        run = stack.enter_context(ImportRun(database, name, "csv", folder, reports))
        _load(run, tracks, listens, progress)
    return run.report()


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
    run: ImportRun, tracks: CsvText | None, listens: CsvText | None, progress: Progress
) -> None:
    loader = Loader(run.database, run.source, run.id, run.rejected)
    try:
        if tracks is not None:
            _follow(tracks, loader.load_tracks(csv_files.tracks(tracks), run.tracks), progress)
        if listens is not None:
            rows = csv_files.listens(listens, utc_now())
            steps = loader.load_listens(rows, listens.path.name, run.listens)
            _follow(listens, steps, progress)
    except ImportRefused:
        # A file broke off, and what came before that is there to stay.
        loader.refresh_listener_counts()
        raise
    loader.refresh_listener_counts()


def _follow(text: CsvText, steps: Iterator[Counts], progress: Progress) -> None:
    counts = Counts()
    for counts in steps:
        progress(text.path.name, min(text.bytes_read / max(text.size, 1), 1.0), counts)
    progress(text.path.name, 1.0, counts)
