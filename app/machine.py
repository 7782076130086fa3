"""What the machine has."""

import os
from pathlib import Path

_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where a container's limit stands, by version of the control groups."""
_SHARE = 0.75
"""The rest is for the system, the database and the web process."""


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
