import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.machine import memory_for_fits

HEAPS = """
import ctypes, sys, threading
from app.machine import share_heaps

def allocate():
    kept.append(bytearray(100_000))
    all_at_it.wait()

if sys.argv[1] == "shared":
    share_heaps()
kept, all_at_it = [], threading.Barrier(5)
threads = [threading.Thread(target=allocate) for _ in range(5)]
for each in threads:
    each.start()
for each in threads:
    each.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""
"""Says, as glibc does, which heaps a process has after five threads were there at once."""
ALL = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("text", [None, "max\n", str(2**62)])
def test_without_a_limit_three_quarters_of_the_machine_are_for_fits(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "limit").write_text(text)
    assert memory_for_fits((tmp_path / "limit",)) == int(0.75 * ALL / 2**20)


def test_a_containers_limit_counts_where_it_is_less(tmp_path: Path) -> None:
    (tmp_path / "limit").write_text("1073741824\n")
    assert memory_for_fits((tmp_path / "none", tmp_path / "limit")) == 768


def _heaps(how: str) -> int:
    """How many there are; 0 where the C library does not tell."""
    environment = {k: v for k, v in os.environ.items() if k != "MALLOC_ARENA_MAX"}
    said = subprocess.run(
        [sys.executable, "-c", HEAPS, how], env=environment, capture_output=True, check=True
    )
    return said.stdout.count(b"<heap ")


def test_threads_share_two_heaps() -> None:
    assert _heaps("alone") > 2
    assert _heaps("shared") == 2
