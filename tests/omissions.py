"""Tests that need what this machine lacks are left out, and the run says so at its end.

A test names what it needs by a marker. With PYTUNE_TEST_ALL=1 it fails instead of being left out.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

TEST_ALL = "PYTUNE_TEST_ALL"
SAMPLE = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "pytune_sample"
"""A large real catalogue that may lie beside the repository; it is not ours to ship."""

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


NEEDS = (
    Need(
        "mariadb",
        "a MariaDB server (mariadbd)",
        "apt-get install mariadb-server",
        lambda: shutil.which("mariadbd") is not None,
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
        "sample",
        "the sample catalogue",
        f"put it at {SAMPLE}",
        SAMPLE.is_dir,
        can_be_demanded=False,
    ),
)

_LEFT_OUT = pytest.StashKey[dict[str, Counter[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LEFT_OUT] = {}
    for need in NEEDS:
        config.addinivalue_line("markers", f"{need.marker}: needs {need.what}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: leave the test out, or fail it where everything is demanded."""
    for need in NEEDS:
        if item.get_closest_marker(need.marker) is None or need.is_here():
            continue
        if need.can_be_demanded and os.environ.get(TEST_ALL) == "1":
            pytest.fail(need.missing, pytrace=False)
        files = item.config.stash[_LEFT_OUT].setdefault(need.marker, Counter())
        files[item.location[0]] += 1
        pytest.skip(need.missing)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    left_out = config.stash[_LEFT_OUT]
    if not left_out:
        return
    terminalreporter.section("left out")
    for need in NEEDS:
        files = left_out.get(need.marker)
        if files:
            terminalreporter.line(f"{files.total()} tests, as {need.missing}")
            for file, count in sorted(files.items()):
                terminalreporter.line(f"    {count} in {file}")
    terminalreporter.line(f"{TEST_ALL}=1 makes them fail instead.")
