"""SECURITY.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text())


def test_each_guard_is_proved_by_a_test_that_is_there() -> None:
    missing = [
        f"{file}::{name}" for file, name in NAMED if f"def {name}(" not in (ROOT / file).read_text()
    ]
    assert missing == []


def test_no_threat_is_left_without_a_proof() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    table = page.partition("| Threat |")[2].partition("\n\n")[0]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    assert len(rows) >= 15
    assert [row for row in rows if "::test_" not in row] == []
