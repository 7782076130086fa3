"""The workflows are valid, their scripts sound, and they test what pyproject.toml promises."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.servers import DATABASE_SOCKET, REDIS_URL

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [ROOT / ".ci" / "run", *sorted((ROOT / "scripts").glob("*.sh"))]
_PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_YAML = YAML(typ="safe", pure=True)
WORKFLOWS: dict[str, dict[Any, Any]] = {path.stem: _YAML.load(path) for path in FILES}
STEPS = [
    (f"{stem} {name} {number}", step["run"])
    for stem, workflow in WORKFLOWS.items()
    for name, job in workflow["jobs"].items()
    for number, step in enumerate(job.get("steps", []))
    if "run" in step
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_is_valid(path: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    found = subprocess.run(
        [*check, "vendor.github-workflows", path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("script", [text for _, text in STEPS], ids=[name for name, _ in STEPS])
def test_its_scripts_are_sound(script: str) -> None:
    # What the workflow fills in is a word by then.
    plain = script.replace("${{", "'").replace("}}", "'")
    assert _shellcheck("--shell=bash", "-", text=plain) == ""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_own_scripts_are_sound(path: Path) -> None:
    assert _shellcheck(str(path)) == ""


def test_every_promised_python_is_tested_with_each_database() -> None:
    job = WORKFLOWS["test"]["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    databases = {*matrix["database"], *(one["database"] for one in matrix["include"])}
    assert databases == {"mariadb:11", "mysql:8.4"}
    environment = job["steps"][-1]["env"]
    assert environment["PYTUNE_TEST_ALL"] == "1"
    assert {DATABASE_SOCKET, REDIS_URL} < set(environment)


def test_the_fifty_listeners_have_the_same_servers() -> None:
    load = WORKFLOWS["test"]["jobs"]["load"]
    assert {DATABASE_SOCKET, REDIS_URL} < set(load["steps"][-1]["env"])


def test_both_branches_are_tested_and_main_alone_is_published() -> None:
    # YAML reads the word "on" as true where it is not quoted.
    events = {stem: workflow.get("on") or workflow[True] for stem, workflow in WORKFLOWS.items()}
    assert events["test"]["push"]["branches"] == ["main", "preproduction"]
    after = events["image"]["workflow_run"]
    assert (after["workflows"], after["branches"]) == ([WORKFLOWS["test"]["name"]], ["main"])
    assert "conclusion == 'success'" in WORKFLOWS["image"]["jobs"]["image"]["if"]


def test_the_image_is_tried_before_it_is_published() -> None:
    """Publishing waits for all of this workflow."""
    steps = WORKFLOWS["test"]["jobs"]["compose"]["steps"]
    assert steps[-1] == {"run": "scripts/try_compose.sh"}
    told = (ROOT / "docs" / "deploying.md").read_text()
    first = told.index("chmod 700 deploy/secrets")
    typed = told[first : told.index("docker compose up -d", first)]
    assert typed in (ROOT / "scripts" / "try_compose.sh").read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_actions_are_named_by_their_commit(path: Path) -> None:
    """A tag can be moved to anything, and one job may write packages."""
    used = re.findall(r"uses: (.*)", path.read_text())
    assert [each for each in used if not _PINNED.fullmatch(each)] == []


def test_no_step_begins_before_the_servers_are_ready() -> None:
    jobs = WORKFLOWS["test"]["jobs"]
    servers = [each for job in jobs.values() for each in job.get("services", {}).values()]
    assert len(servers) == 6
    assert all("--health-cmd=" in each["options"] for each in servers)


@pytest.mark.parametrize("released", [[], ["1.2.3"]], ids=["a push", "a release"])
def test_the_version_alone_names_the_tagged_commit_and_no_other(
    tmp_path: Path, released: list[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    by = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    commit = ["commit", "--quiet", "--allow-empty", "--message=first"]
    for words in (["init", "--quiet"], [*by, *commit], *(["tag", f"v{each}"] for each in released)):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (script,) = [text for name, text in STEPS if name.startswith("image image")]
    output = tmp_path / "output"
    given = {"IMAGE": "registry/pytune", "COMMIT": "abc", "GITHUB_OUTPUT": str(output)}
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, env=os.environ | given, check=True)
    tags = ["latest", "1.2.3-abc", *released]
    wanted = ["version=1.2.3", "tags<<END", *(f"registry/pytune:{tag}" for tag in tags), "END"]
    assert output.read_text().splitlines() == wanted


def _shellcheck(*arguments: str, text: str | None = None) -> str:
    """What it finds."""
    found = subprocess.run(
        [Path(sys.executable).parent / "shellcheck", "--format=gcc", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout + found.stderr
