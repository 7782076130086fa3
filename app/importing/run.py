"""One run of an import, by a command or a job: block after block, each with how far it is."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.db import Database, is_away
from app.importing import claiming, commands, records
from app.importing.errors import ImportNotFound, ImportOver
from app.importing.formats import READERS, ImportFormat
from app.importing.identity import Origin
from app.importing.loader import Loader
from app.importing.records import Claim, Place, Wanted
from app.importing.report import ImportReport, Progress, RejectedFile, Tally
from app.importing.rows import Part, Row
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from app.pulse import Pulse

_PASSED_AT_ONCE = 100_000
"""Rows that are read over within seconds."""


def import_now(
    database: Database, wanted: Wanted, reports: Path, progress: Progress
) -> ImportReport:
    """Load a file's tracks and listens; what cannot be taken goes to a file in `reports`.

    The source and an id in its files name the same thing at every import, so a repeated one
    changes nothing. Raises ImportRefused before anything is written, or, where a file breaks
    off, after what came before it; ImportUnderway, or ImportOver where somebody has ended it
    meanwhile.
    """
    with ExitStack() as stack:
        # All headers are read before anything is written.
        parts = READERS[wanted.form](stack, wanted.path, utc_now())
        row = database.transact(partial(_written_down, wanted=wanted, holder=commands.new_holder()))
        claim = Claim(id_of(row), row.job_id or "")
        run = ImportRun(database, row, claim, reports)
        stack.enter_context(Pulse(lambda: database.transact(partial(records.live, claim=claim))))
        run.end_with(lambda: run.load(parts, progress), lambda _: False)
    return run.report()


def _written_down(session: Session, wanted: Wanted, holder: str) -> DataImport:
    claiming.refuse_second(session, wanted.source, wanted.user_id)
    return records.write_down(session, wanted, ImportState.RUNNING, holder)


def go_on(database: Database, claim: Claim, reports: Path, progress: Progress) -> None:
    """What the job of an import does, from where it was left. Raises what stopped it.

    What can be gone on with, such as a time-out, leaves the import running: another job takes it
    up once it has been silent for a while.
    """
    row = database.transact(lambda session: records.take_up(session, claim))
    run = ImportRun(database, row, claim, reports)

    def load() -> None:
        with ExitStack() as stack:
            reader = READERS[ImportFormat(row.format)]
            run.load(reader(stack, Path(row.path), utc_now()), progress)

    run.end_with(load, _interrupts)


def _interrupts(error: BaseException) -> bool:
    """Whether a job can be gone on with by another: out of time, ended, or the database away."""
    if isinstance(error, SQLAlchemyError):
        return is_away(error)
    return not isinstance(error, Exception) or isinstance(error, JobTimeoutException)


class ImportRun:
    """Begins where the row says that the last one was left."""

    def __init__(self, database: Database, row: DataImport, claim: Claim, reports: Path) -> None:
        self.database = database
        self.claim = claim
        self.tally = Tally.of(row.tally or {})
        self.rejected = RejectedFile(reports / f"import-{claim.import_id}-rejected.csv")
        self.rejected.go_on(row.rejected_bytes, row.reasons or {})
        self._row = row

    def load(self, parts: list[Part], progress: Progress) -> None:
        """Every part in turn. Raises ImportOver where it was cancelled meanwhile."""
        origin = Origin(self._row.source, self.claim.import_id)
        loader = Loader(self.database, origin, self.rejected, owner_id=self._row.user_id)
        try:
            for number in range(self._row.part, len(parts)):
                self._load_part(loader, parts, number, progress)
        except Exception:
            # Whatever it was, such as its being cancelled: what came before is there to stay.
            with suppress(SQLAlchemyError):
                loader.recount_listeners()
            raise
        loader.recount_listeners()

    def end_with(
        self, load: Callable[[], None], interrupts: Callable[[BaseException], bool]
    ) -> None:
        """Whatever ends it is written down; what only `interrupts` it leaves the row as it is.

        Raises what `load` raises.
        """
        try:
            load()
        except BaseException as error:
            self.rejected.close()
            if not interrupts(error):
                with suppress(ImportOver, ImportNotFound):
                    self._end(ImportState.FAILED, records.reason_of(error))
            raise
        self.rejected.close()
        self._end(ImportState.FINISHED)

    def report(self) -> ImportReport:
        tally = self.tally
        return ImportReport(
            self.claim.import_id,
            tally.tracks,
            tally.listens,
            tally.tracks_added,
            tally.passed_over,
            dict(self.rejected.reasons),
            self.rejected.written,
        )

    def _load_part(
        self, loader: Loader, parts: list[Part], number: int, progress: Progress
    ) -> None:
        part, done = parts[number], 0
        if number == self._row.part:
            done = self._pass(part.rows, self._row.position)
        place = _Checkpoint(self.claim, self.rejected, parts, number, done)
        counts = self.tally.of_kind(part.holds)
        for size in loader.load(part.rows, part.file, part.holds, self.tally, place):
            place.done += size
            counts = self.tally.of_kind(part.holds)
            progress(part.file, _share([part], 0), counts)
        progress(part.file, 1.0, counts)

    def _pass(self, rows: Iterator[Row], count: int) -> int:
        """Read over what an earlier run has done, saying now and then that this one lives."""
        for begin in range(0, count, _PASSED_AT_ONCE):
            deque(islice(rows, min(_PASSED_AT_ONCE, count - begin)), maxlen=0)
            self.database.transact(lambda session: records.live(session, self.claim))
        return count

    def _end(self, state: ImportState, error: str | None = None) -> None:
        self.database.transact(lambda session: records.end(session, self.claim, state, error))


@dataclass(slots=True)
class _Checkpoint:
    """How far a part of a file is, in the import's row."""

    claim: Claim
    rejected: RejectedFile
    parts: list[Part]
    number: int
    done: int

    def begin(self, session: Session) -> None:
        records.held(session, self.claim, ImportState.RUNNING)

    def keep(self, session: Session, after: Tally, size: int) -> None:
        place = Place(self.number, self.done + size, _share(self.parts, self.number))
        records.keep(session, self.claim, after, place, self.rejected)


def _share(parts: list[Part], number: int) -> float:
    """Of the bytes of all parts, those that are read when it is at this one."""
    before = sum(part.size for part in parts[:number])
    here = min(parts[number].bytes_read(), parts[number].size)
    return min((before + here) / max(sum(part.size for part in parts), 1), 1.0)
