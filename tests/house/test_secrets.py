"""Secrets are found before they are committed, and what is none is left alone."""

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
