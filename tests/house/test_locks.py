"""Locked requirements name versions and hashes: no host of an index, no path of a machine."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==\S+( ; .+)? \\")
_HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")


def test_there_are_locks() -> None:
    assert {path.name for path in LOCKS} >= {"runtime.txt", "dev.txt"}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_line_is_a_pinned_package_or_a_hash(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    odd = [
        line
        for line in lines
        if line and not line.lstrip().startswith("#") and not _PINNED.fullmatch(line)
        and not _HASH.fullmatch(line)
    ]  # fmt: skip
    assert odd == []
    assert sum(1 for line in lines if _PINNED.fullmatch(line)) > 10


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_no_host_and_no_path_is_in_it(path: Path) -> None:
    """Comments included: they tell where a lock was made."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S+|--(?:extra-)?index\S*|--find-links\S*|--trusted\S*", text) == []
    assert re.findall(r"(?:^|[\s=])(?:/|[A-Z]:\\|~/)[^\s]*", text) == []


@pytest.mark.parametrize("folder", ["tests", "benchmarks"])
def test_node_packages_are_locked_by_hash_and_name_no_host(folder: str) -> None:
    text = (ROOT / folder / "node" / "package-lock.json").read_text(encoding="utf-8")
    packages = [value for name, value in json.loads(text)["packages"].items() if name]
    assert len(packages) > 10
    assert [one for one in packages if not one["integrity"].startswith("sha512-")] == []
    assert [one for one in packages if "resolved" in one] == []
