"""The demo is set up once a run, from nothing, as `make demo` does it."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import stand_in
from tests.music_search import MusicSearch, music_search
from tests.stack.client import Client
from tests.stack.running import Running, running


@dataclass(frozen=True)
class Demo:
    """A data folder with the demo trained, ended by Ctrl-C, and its accounts."""

    folder: Path
    accounts: dict[str, tuple[str, str]]
    exit_code: int
    said: str
    served: dict[str, Any]
    """The list that the listener got last."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Set up by whichever process of the run wants it first; the others wait."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    kept = shared / "demo.json"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(_set_up(shared / "demo")))
    told = json.loads(kept.read_text())
    accounts = {role: (name, password) for role, (name, password) in told["accounts"].items()}
    return Demo(shared / "demo", accounts, told["exit_code"], told["said"], told["served"])


def _set_up(folder: Path) -> dict[str, Any]:
    with running(folder, "demo") as first:
        served = first.signed_in(first.accounts["listener"]).recommended()
        code = first.interrupt()
    said = "".join(first.said)
    return {"accounts": first.accounts, "exit_code": code, "said": said, "served": served}


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A socket's path may hold about a hundred letters, which pytest's own folders exceed."""
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        yield Path(folder)


@pytest.fixture
def copy_of_demo(demo: Demo, tmp_path: Path) -> Path:
    """A trained data folder to break."""
    return Path(shutil.copytree(demo.folder, tmp_path / "data"))


@pytest.fixture(scope="package")
def search() -> Iterator[MusicSearch]:
    """What the stack looks videos up in."""
    with music_search() as started:
        yield started


@pytest.fixture(scope="package")
def stack(
    demo: Demo, search: MusicSearch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """`pytune demo` started again on what it set up, once: its processes take long to start."""
    folder = shutil.copytree(demo.folder, tmp_path_factory.mktemp("stack") / "data")
    with stand_in.youtube() as youtube:
        elsewhere = {
            "PYTUNE_VIDEO_SEARCH_URL": search.url,
            "PYTUNE_VIDEO_SCRIPT_URL": f"{youtube}/iframe_api",
            "PYTUNE_VIDEO_FRAME_ORIGIN": youtube,
        }
        with running(folder, "demo", elsewhere) as again:
            yield again


@pytest.fixture(scope="package")
def listener(stack: Running) -> Client:
    return stack.signed_in(stack.accounts["listener"])


@pytest.fixture(scope="package")
def administrator(stack: Running) -> Client:
    return stack.signed_in(stack.accounts["administrator"])
