"""examples/python: its client is what the schema makes, and its program works."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlmodel import select

from app.models import Event
from tests.graphql.conftest import NAMES, OTHER, PASSWORD, Live
from tests.omissions import EXAMPLE

pytestmark = pytest.mark.example

ROOT = EXAMPLE.parents[1]
PYTHON = EXAMPLE / ".venv" / "bin" / "python"
CLIENT = "pytune_client"


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def test_the_client_is_what_the_schema_makes(tmp_path: Path) -> None:
    there = tmp_path / "examples" / "python"
    there.mkdir(parents=True)
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    for name in ("pyproject.toml", "operations.graphql"):
        shutil.copy(EXAMPLE / name, there)
    command = [str(PYTHON), "-m", "ariadne_codegen"]
    subprocess.run(command, cwd=there, check=True, capture_output=True)
    assert _files(EXAMPLE / CLIENT) == _files(there / CLIENT), "run `make client`"


def _run(live: Live, password: str) -> subprocess.CompletedProcess[str]:
    origin = live.address.removesuffix("/graphql")
    return subprocess.run(
        [str(PYTHON), str(EXAMPLE / "listen.py"), origin, NAMES[OTHER]],
        env=os.environ | {"PYTUNE_PASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_shows_a_list_and_records_a_listen_of_it(live: Live) -> None:
    run = _run(live, PASSWORD)
    assert (run.returncode, run.stderr) == (0, "")
    *shown, heard = run.stdout.splitlines()
    assert [line.partition(".")[0] for line in shown] == ["1", "2", "3", "4", "5"]
    title = shown[0].removeprefix("1. ").partition(" by ")[0]
    assert heard == f"Heard {title}: 1 in all."
    with live.database.read() as session:
        mine = select(Event).where(Event.user_id == OTHER)
        (event,) = session.exec(mine).all()
    assert (event.source, event.position) == ("example", 1)


def test_the_program_says_why_it_was_not_let_in(live: Live) -> None:
    run = _run(live, "wrong")
    assert run.returncode == 1
    assert run.stderr == "invalid_credentials: That name and password do not match.\n"
