"""Secrets are found before they are committed, and compared in constant time."""

import ast
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
found: Callable[[str], Any] = runpy.run_path(str(ROOT / "scripts" / "check_secrets.py"))["found"]
# In two parts each, or this file could not be committed.
SECRETS = [
    "-----BEGIN RSA PRIVATE" + " KEY-----",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "xoxb-" + "123456789012-abcdefghij",
    "sk-ant-" + "a1b2" * 10,
    'password = "' + 'kX9vQ2mZ7pL4wR8tY1bN"',
    "PYTUNE_PROBE_TOKEN: " + "q7Tz0Vb3Xn9Kf5Jd2Hs8Lw4M",
]
HARMLESS = [
    'password = "correct horse battery"',
    "PYTUNE_DATABASE_PASSWORD_FILE=/run/secrets/mysql_password",
    "token: secrets.token_urlsafe(32)",
    "requests_per_minute_of_tokens_and_users = 1200",
    "AKIA" + "IOSFODNN7EXAMPLE  # no secret",
]


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_is_found_and_not_repeated(line: str) -> None:
    ((number, what),) = found(f"one\n{line}\n")
    assert number == 2
    assert line not in what


@pytest.mark.parametrize("line", HARMLESS)
def test_what_is_none_is_left_alone(line: str) -> None:
    assert list(found(line)) == []


_SECRET = re.compile(r"(token|secret|password|signature|digest)$")
_BOTH_SENT = ("change.new_password", "change.current_password")
"""By the same client: neither is known to it alone."""


def compared_by_value(text: str) -> list[str]:
    """What a program compares with a secret by == or !=, which end at the first other letter."""
    compared = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare))
    sides = [
        (each.left, *each.comparators)
        for each in compared
        if any(isinstance(by, ast.Eq | ast.NotEq) for by in each.ops)
    ]
    return [
        " == ".join(words)
        for words in (tuple(ast.unparse(side) for side in each) for each in sides)
        if any(_SECRET.search(word) for word in words) and words != _BOTH_SENT
    ]


def test_a_comparison_that_tells_its_length_by_its_time_is_found() -> None:
    assert compared_by_value("given == settings.probe_token") == ["given == settings.probe_token"]
    assert compared_by_value("hmac.compare_digest(given, token)") == []


def test_no_secret_is_compared_by_value() -> None:
    files = [path for folder in ("app", "jobs") for path in (ROOT / folder).rglob("*.py")]
    found = {path.name: compared_by_value(path.read_text()) for path in files}
    assert {name: each for name, each in found.items() if each} == {}
