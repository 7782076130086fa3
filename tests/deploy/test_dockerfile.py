"""The image is built from files that exist, and sends the builder nothing else."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TOOLS = Path(sys.executable).parent


def test_hadolint_finds_nothing() -> None:
    found = subprocess.run(
        [TOOLS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_what_is_copied_is_kept_in_git() -> None:
    for source in _copied():
        known = subprocess.run(
            ["git", "ls-files", source], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert known.stdout, f"{source} is copied into the image and not in git"


def test_what_is_copied_keeps_its_place() -> None:
    """A folder's contents are copied into the target, so that it has to be named again."""
    for sources, target in _copies():
        folders = [each for each in sources if (ROOT / each).is_dir()]
        assert not folders or ([target], len(sources)) == ([f"{folders[0]}/"], 1)
        assert {Path(each).parent for each in sources if each not in folders} <= {Path(target)}


def test_what_is_copied_is_sent_to_the_builder_and_nothing_else_is() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert sent == set(_copied())


def test_the_image_has_every_folder_that_the_code_reads() -> None:
    """Folders of the tree that hold no tests or papers; a new one must be copied or named here."""
    not_needed = {
        "benchmarks",
        "deploy",
        "docs",
        "editor",
        "examples",
        "requirements",
        "scripts",
        "tests",
    }
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {path.split("/")[0] for path in tracked if "/" in path and not path.startswith(".")}
    assert folders - not_needed <= set(_copied())


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_no_secret_is_sent_to_the_builder() -> None:
    sent = _copied()
    for secret in (".env", "deploy/secrets/mysql_password", ".pytune/demo-accounts.json"):
        assert not any(fnmatch(secret, source) or secret.startswith(source) for source in sent)


def _copied() -> list[str]:
    """Sources of every COPY from the tree."""
    return [source for sources, _ in _copies() for source in sources]


def _copies() -> list[tuple[list[str], str]]:
    """Sources and target of each."""
    copies = re.findall(r"^COPY (?!--from)(.+) (\S+)$", DOCKERFILE, re.MULTILINE)
    assert copies
    return [(sources.split(), target) for sources, target in copies]
