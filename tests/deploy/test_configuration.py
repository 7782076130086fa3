"""docs/configuration.md names every setting, its true default, and nothing else."""

import re
from enum import StrEnum
from pathlib import Path

from app.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "configuration.md").read_text()
NOT_SETTINGS = {"PYTUNE_TRACEBACK"}
"""Read by the command line before there are settings."""


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(PYTUNE_\w+)` \| (?:`(.+?)` )?\| .+ \|$", PAGE, re.MULTILINE)
    written = dict(rows)
    assert len(rows) == len(written), "a setting is documented twice"
    true = {
        f"PYTUNE_{name.upper()}": _as_written(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert written == true


def test_nothing_is_named_that_is_not_there() -> None:
    known = {f"PYTUNE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"PYTUNE_[A-Z_]+", PAGE)) == known | NOT_SETTINGS


def _as_written(default: object) -> str:
    match default:
        case None:
            return ""
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case StrEnum():
            return default.value
    return str(default)
