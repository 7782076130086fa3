"""Tests that need what this machine lacks are left out, and the run says so at its end.

A test names what it needs by a marker. With PYTUNE_TEST_ALL=1 it fails instead of being left out.
"""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.servers import DATABASE_SOCKET

TEST_ALL = "PYTUNE_TEST_ALL"
SAMPLE = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "pytune_sample"
"""A large real catalogue that may lie beside the repository; it is not ours to ship."""

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "python"
NODE_PACKAGES = Path(__file__).resolve().parent / "node" / "node_modules"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that not every machine has, the marker of tests that need it."""

    marker: str
    what: str
    how: str
    """How to get it."""
    is_here: Callable[[], bool]
    can_be_demanded: bool = True
    """False where nobody but us can have it."""

    @property
    def missing(self) -> str:
        return f"{self.what} is missing: {self.how}"


def chromium() -> str | None:
    """Path of the system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@cache
def can_mount() -> bool:
    """Whether a disk in memory can be mounted: tried once, and taken away again."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder],
            capture_output=True,
            check=False,
        )
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
    return tried.returncode == 0


NEEDS = (
    Need(
        "mariadb",
        "a MariaDB server (mariadbd)",
        "apt-get install mariadb-server",
        lambda: bool(os.environ.get(DATABASE_SOCKET)) or shutil.which("mariadbd") is not None,
    ),
    Need(
        "browser",
        "Chromium (chromium or chromium-browser)",
        "apt-get install chromium",
        lambda: chromium() is not None,
    ),
    Need(
        "node",
        "Node (node)",
        "apt-get install nodejs",
        lambda: shutil.which("node") is not None,
    ),
    Need(
        "npm",
        "what tests/node/package-lock.json names",
        "npm ci --prefix tests/node (npm: apt-get install npm)",
        lambda: shutil.which("node") is not None and NODE_PACKAGES.is_dir(),
    ),
    Need(
        "example",
        "what requirements/example.txt names",
        "make client",
        (EXAMPLE / ".venv" / ".ready").is_file,
    ),
    Need(
        "tmpfs",
        "the right to mount a small disk in memory",
        "run the tests as root, outside of a container or in a privileged one",
        can_mount,
        can_be_demanded=False,
    ),
    Need(
        "sample",
        "the sample catalogue",
        f"put it at {SAMPLE}",
        SAMPLE.is_dir,
        can_be_demanded=False,
    ),
)

_PROPERTY = "left out"


def pytest_configure(config: pytest.Config) -> None:
    for need in NEEDS:
        config.addinivalue_line("markers", f"{need.marker}: needs {need.what}")
    config.pluginmanager.register(LeftOut())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: leave the test out, or fail it where everything is demanded."""
    for need in NEEDS:
        if item.get_closest_marker(need.marker) is None or need.is_here():
            continue
        if need.can_be_demanded and os.environ.get(TEST_ALL) == "1":
            pytest.fail(need.missing, pytrace=False)
        item.user_properties.append((_PROPERTY, need.marker))
        pytest.skip(need.missing)


class LeftOut:
    """Counts what was left out, also by other processes: it is told by the tests' reports."""

    def __init__(self) -> None:
        self._files: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup" and report.skipped:
            for name, marker in report.user_properties:
                if name == _PROPERTY:
                    files = self._files.setdefault(str(marker), Counter())
                    files[report.location[0]] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._files:
            return
        terminalreporter.section("left out")
        for need in NEEDS:
            files = self._files.get(need.marker)
            if files:
                terminalreporter.line(f"{files.total()} tests, as {need.missing}")
                for file, count in sorted(files.items()):
                    terminalreporter.line(f"    {count} in {file}")
        terminalreporter.line(f"{TEST_ALL}=1 makes them fail instead.")
