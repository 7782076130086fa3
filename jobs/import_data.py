"""Import: load an upload or a file block by block, or take an import back as a whole."""

import logging
from pathlib import Path

from app.errors import ImportRefused
from app.importing import inbox, records, undoing, uploads
from app.importing.errors import ImportOver
from app.importing.records import Claim
from app.importing.run import go_on
from app.models import DataImport, ImportState
from app.models.columns import id_of
from app.pulse import Pulse
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def import_data(import_id: int, holder: str) -> None:
    """The job of a row of data_import, begun by whoever its claim was written down for."""
    with runtime() as rt:
        _import_data(rt, Claim(import_id, holder))


def _import_data(rt: Runtime, claim: Claim) -> None:
    """What ends badly ends with its reason in the row; a bug also ends the job badly."""
    row = rt.read(lambda session: records.record(session, claim.import_id))
    undoes = row.state is ImportState.UNDOING
    try:
        with Pulse(lambda: _live(rt, claim)):
            if undoes:
                undoing.undo(rt.database, claim)
            else:
                go_on(rt.database, claim, rt.settings.reports, lambda *_: _tell(rt, claim))
    except ImportOver as over:
        log.info("an import was cancelled or taken over", extra={"reason": str(over)})
    except ImportRefused as refused:
        log.info("an import was refused", extra={"reason": str(refused)})
    finally:
        _tell(rt, claim)
        _put_away(rt, row)


def _live(rt: Runtime, claim: Claim) -> None:
    rt.database.transact(lambda session: records.live(session, claim))


def _tell(rt: Runtime, claim: Claim) -> None:
    rt.queue.announce_import(claim.import_id)


def _put_away(rt: Runtime, row: DataImport) -> None:
    """Once an import is over, its upload is needed no more, and a folder's file is set aside."""
    now = rt.read(lambda session: records.record(session, id_of(row)))
    if now.state in records.ACTIVE:
        return
    if uploads.is_upload(rt.settings, Path(row.path)):
        uploads.discard(Path(row.path))
    inbox.set_aside(rt.database, id_of(row))
