"""One PyTune to a data folder, and one at an address."""

import contextlib
import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import AddressTaken, AlreadyRunning
from app.settings import Settings

_ORPHANS_SECONDS = 30.0
"""How long the children of a parent that was killed may take to end."""
_LOOK_SECONDS = 0.05
_BACKLOG = 2048


@contextmanager
def only_one(folder: Path) -> Iterator[int]:
    """Hold the folder's lock; its descriptor, which every child inherits and so holds as well.

    Raises AlreadyRunning where its parent lives; waits while orphans of a killed one end.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / "running.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


@contextmanager
def listening_socket(settings: Settings) -> Iterator[socket.socket]:
    """Bound here, so that restarting the web process refuses nobody. Raises AddressTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            reason = error.strerror
            raise AddressTaken(host=settings.host, port=settings.port, reason=reason) from error
        listening.listen(_BACKLOG)
        yield listening


def _take(lock: int, folder: Path) -> None:
    moment, waited = threading.Event(), 0.0
    while not _try(lock):
        parent = os.pread(lock, 32, 0).decode() or "0"
        if _lives(int(parent)) or waited > _ORPHANS_SECONDS:
            raise AlreadyRunning(folder=folder, process=parent)
        moment.wait(_LOOK_SECONDS)
        waited += _LOOK_SECONDS


def _try(lock: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0
