"""The demo is set up once a run, from nothing, as `make demo` does it."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stack.client import Client
from tests.stack.running import Running, running


@dataclass(frozen=True)
class Demo:
    """A data folder with the demo trained, ended by Ctrl-C, and its accounts."""

    folder: Path
    accounts: dict[str, tuple[str, str]]
    exit_code: int
    said: str


@pytest.fixture(scope="session")
def demo(short_folder: Path) -> Demo:
    with running(short_folder / "demo", "demo") as first:
        code = first.interrupt()
    return Demo(first.folder, first.accounts, code, "".join(first.said))


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A socket's path may hold about a hundred letters, which pytest's own folders exceed."""
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        yield Path(folder)


@pytest.fixture
def copy_of_demo(demo: Demo, tmp_path: Path) -> Path:
    """A trained data folder to break."""
    return Path(shutil.copytree(demo.folder, tmp_path / "data"))


@pytest.fixture(scope="module")
def stack(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`pytune demo` started again on what it set up."""
    folder = shutil.copytree(demo.folder, tmp_path_factory.mktemp("stack") / "data")
    with running(folder, "demo") as again:
        yield again


@pytest.fixture(scope="module")
def listener(stack: Running) -> Client:
    return stack.signed_in(stack.accounts["listener"])


@pytest.fixture(scope="module")
def administrator(stack: Running) -> Client:
    return stack.signed_in(stack.accounts["administrator"])
