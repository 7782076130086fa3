"""Files of tests lie in memory where there is room: none of them has to survive a power cut.

SQLite syncs each commit to its disk, and most of what a short test waits for is the disk.
"""

import os
import re
import tempfile
from pathlib import Path

import pytest

_FOLDER = Path("/dev/shm")
_ROOM = 2 * 2**30
"""Bytes; a whole run takes a part of it."""
_AVAILABLE = re.compile(r"^MemAvailable: +(\d+) kB$", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Processes that tests start, those of a shared run among them, hear of it by TMPDIR."""
    if "TMPDIR" not in os.environ and _has_room():
        os.environ["TMPDIR"] = str(_FOLDER)
        tempfile.tempdir = None  # whatever was known of it


def _has_room() -> bool:
    if not os.access(_FOLDER, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(_FOLDER)
    known = _AVAILABLE.search(Path("/proc/meminfo").read_text())
    free = min(found.f_bavail * found.f_frsize, 1024 * int(known[1]) if known else 0)
    # Tests write programs there, too.
    return free >= _ROOM and not found.f_flag & os.ST_NOEXEC
