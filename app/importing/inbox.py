"""The folder whose files are imported by themselves: each once, whole, then set aside.

What has stopped growing is moved to `working`, imported by a job, and ends in `done` or `failed`
beside a report. Whatever dies in between, the next look goes on from where the files lie.
"""

import fcntl
import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from app.db import Database
from app.errors import ImportRefused, InvalidInput, PyTuneError
from app.importing import asking, records
from app.importing.errors import ImportUnderway
from app.importing.formats import READERS, ImportFormat
from app.importing.records import ACTIVE, Wanted
from app.models import DataImport, ImportState
from app.models.columns import utc_now
from app.queue import JobQueue

log = logging.getLogger(__name__)

WORKING, DONE, FAILED = "working", "done", "failed"
_LOCK = ".lock"
_OURS = {WORKING, DONE, FAILED}
_CATALOGUES = (ImportFormat.CSV, ImportFormat.TASTE_PROFILE)
_LOOSE = ("tracks.csv", "tracks.csv.gz", "listens.csv", "listens.csv.gz")
"""Files that belong together where they lie in the folder itself."""
_STAMP = "%Y%m%dT%H%M%S%fZ"
_REQUESTED_BY = "import folder"


def look(database: Database, queue: JobQueue, folder: Path, quiet_seconds: float) -> None:
    """Go on with what was taken before, then take what has stopped growing.

    Where somebody else is looking, nothing is left to do.
    """
    for name in _OURS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    with suppress(BlockingIOError), _alone(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        _look(database, queue, folder, utc_now().timestamp() - quiet_seconds)


def _look(database: Database, queue: JobQueue, folder: Path, latest: float) -> None:
    for taken in sorted((folder / WORKING).iterdir()):
        if taken.name.startswith("."):
            _give_back(taken, folder)
        else:
            _go_on(database, queue, taken)
    for name, paths in _waiting(folder):
        if all(_is_quiet(path, latest) for path in paths):
            _go_on(database, queue, _take(folder, name, paths))


def set_aside(database: Database, import_id: int) -> None:
    """Where the import's file came from such a folder and it is over, move it on."""
    with database.read() as session:
        row = records.record(session, import_id)
    path = Path(row.path)
    if row.requested_by != _REQUESTED_BY or path.parent.name != WORKING:
        return
    with suppress(FileNotFoundError), _alone(path.parent.parent, fcntl.LOCK_EX):
        if path.exists():
            _move_on(path, row)


@contextmanager
def _alone(folder: Path, how: int) -> Iterator[None]:
    """Nobody else moves anything here meanwhile. Raises BlockingIOError, if not to wait."""
    with (folder / _LOCK).open("w") as file:
        fcntl.flock(file, how)
        yield


def _waiting(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Names of sources and what they are made of."""
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    loose = [path for path in inside if path.name in _LOOSE]
    if loose:
        yield folder.resolve().name, loose
    for path in inside:
        if path.name not in _OURS and path not in loose and not path.is_symlink():
            yield path.name, [path]


def _is_quiet(path: Path, latest: float) -> bool:
    """Whether nothing was written there since; a change time cannot be set by who copies."""
    files = [path, *(path.rglob("*") if path.is_dir() else ())]
    try:
        return all(file.stat().st_ctime < latest for file in files)
    except FileNotFoundError:
        return False  # somebody is still moving things about


def _take(folder: Path, name: str, paths: list[Path]) -> Path:
    taken = folder / WORKING / f"{utc_now().strftime(_STAMP)}-{name}"
    if len(paths) == 1 and paths[0].name not in _LOOSE:
        return paths[0].rename(taken)
    # Together or not at all: listens alone would be rejected, their tracks being unknown.
    gathered = taken.with_name(f".{taken.name}")
    gathered.mkdir()
    for path in paths:
        path.rename(gathered / path.name)
    return gathered.rename(taken)


def _give_back(gathered: Path, folder: Path) -> None:
    """What a death left half gathered, to be gathered anew; newer files wait until it is in."""
    files = list(gathered.iterdir())
    if any((folder / file.name).exists() for file in files):
        gathered.rename(gathered.with_name(gathered.name.removeprefix(".")))
        return
    for file in files:
        file.rename(folder / file.name)
    gathered.rmdir()


def _go_on(database: Database, queue: JobQueue, taken: Path) -> None:
    with database.read() as session:
        row = _row_of(session, taken)
    if row is not None:
        if row.state not in ACTIVE:
            _move_on(taken, row)
        return
    try:
        asking.launch(database, queue, _wanted(taken))
    except ImportUnderway:
        log.info("the source is being imported already", extra={"file": taken.name})
    except (ImportRefused, InvalidInput) as refused:
        _refuse(taken, refused)


def _wanted(taken: Path) -> Wanted:
    """Raises ImportRefused where it is no catalogue, InvalidInput where its name is no source."""
    stem = taken.name.partition("-")[2].removesuffix(".gz").removesuffix(".csv")
    source = records.source_from(stem)
    problems = []
    for form in _CATALOGUES:
        try:
            with ExitStack() as stack:
                READERS[form](stack, taken, utc_now())
        except ImportRefused as refused:
            problems.append(str(refused))
        else:
            return Wanted.of(form, taken, source=source, requested_by=_REQUESTED_BY)
    raise ImportRefused(file=taken.name, reason="; ".join(problems))


def _row_of(session: Session, taken: Path) -> DataImport | None:
    path = records.shown_path(taken.resolve())
    statement = select(DataImport).where(DataImport.path == path)
    return session.exec(statement.order_by(col(DataImport.id).desc()).limit(1)).first()


def _move_on(taken: Path, row: DataImport) -> None:
    good = row.state is ImportState.FINISHED
    home = taken.parent.parent / (DONE if good else FAILED)
    report = {
        "import": row.id,
        "state": str(row.state),
        "error": row.error,
        "rows": {
            "read": row.rows_read,
            "loaded": row.rows_loaded,
            "unchanged": row.rows_unchanged,
            "rejected": row.rows_rejected,
        },
        "reasons": row.reasons or {},
        "finished_at": _shown(row.finished_at),
    }
    if row.rejected_file is not None:
        with suppress(FileNotFoundError):
            shutil.copyfile(row.rejected_file, home / f"{taken.name}.rejected.csv")
    _report(home / taken.name, report)
    taken.rename(home / taken.name)


def _refuse(taken: Path, problem: PyTuneError) -> None:
    home = taken.parent.parent / FAILED
    _report(home / taken.name, {"import": None, "state": "refused", "error": str(problem)})
    taken.rename(home / taken.name)
    log.warning("a file was refused", extra={"file": taken.name, "reason": str(problem)})


def _report(beside: Path, report: Mapping[str, object]) -> None:
    """Written before the file itself comes: what lies there is complete."""
    text = json.dumps(report, indent=2, ensure_ascii=False)
    beside.with_name(f"{beside.name}.report.json").write_text(f"{text}\n", encoding="utf-8")


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
