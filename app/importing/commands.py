"""Imports by commands: which of them holds a claim, and whether it still runs."""

import hashlib
import os
import secrets
import socket
from contextlib import suppress
from datetime import timedelta

from app.importing.records import is_silent
from app.models import DataImport, ImportState
from app.models.columns import utc_now

ENDED = "The command was ended. Start it again: nothing is loaded twice."
_COMMAND = "command"
_SILENT = timedelta(seconds=60)
"""A command that says nothing for so long does not run any more, wherever that was."""


def new_holder() -> str:
    """Of a claim of this process."""
    return f"{_COMMAND}:{_machine()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_command(row: DataImport) -> bool:
    """No worker can go on with it."""
    return (row.job_id or "").startswith(f"{_COMMAND}:")


def is_gone(row: DataImport) -> bool:
    """Whether a command holds it that does not run any more."""
    return is_command(row) and (_ran_here(row) or is_silent(row, utc_now() - _SILENT))


def end_if_gone(row: DataImport) -> bool:
    """Whether that is so; then a locked row has failed."""
    gone = is_gone(row)
    if gone:
        row.state, row.error, row.finished_at = ImportState.FAILED, ENDED, utc_now()
    return gone


def _ran_here(row: DataImport) -> bool:
    """On this machine, and does not any more."""
    with suppress(ValueError):
        _, machine, process, _ = (row.job_id or "").split(":")
        return machine == _machine() and not _runs(int(process))
    return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
