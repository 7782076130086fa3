"""What the machine has, and how a process takes from it."""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where a container's limit stands, by version of the control groups."""
_SHARE = 0.75
"""The rest is for the system, the database and the web process."""
_M_ARENA_MAX, _ARENAS = -8, 2
"""The number by which glibc's mallopt knows it, and how many heaps threads share."""


def memory_for_fits(limits: tuple[Path, ...] = _LIMITS) -> int:
    """Mebibytes that a fit may take: three quarters of the machine's memory, or of its container's
    where that is less.
    """
    sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in limits:
        try:
            sizes.append(int(path.read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return int(_SHARE * min(sizes) / 2**20)


def share_heaps() -> None:
    """Have all threads of this process share two of glibc's heaps; to be called before any starts.

    By itself it makes eight for each core, and each keeps what its threads have ever needed at
    once: with forty threads that grows for hours. They seldom wait for each other, since Python
    runs one at a time. MALLOC_ARENA_MAX in the environment wins; other C libraries have no heaps of
    that kind.
    """
    if sys.platform == "linux" and "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
