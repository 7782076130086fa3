"""docs/models.md names true settings, signals and operations."""

import re
from pathlib import Path

from app.drift import MIN_LISTENERS, SignalName
from app.graphql.schema import schema
from app.settings import Settings

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "models.md").read_text()


def test_every_signal_is_in_the_table() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(SignalName)
    assert f"with {MIN_LISTENERS} listeners at\nleast" in PAGE


def test_settings_are_those_there_are() -> None:
    known = {f"PYTUNE_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"PYTUNE_[A-Z_]+", PAGE))
    assert named <= known
    assert named > {"PYTUNE_KEEP_CHAMPIONS", "PYTUNE_DRIFT_DAYS"}


def test_operations_are_those_there_are() -> None:
    named = {"trainModel", "promoteModel", "rollbackModel", "cancelJob", "trainingProgress"}
    named |= {"evaluateModel"}
    sdl = schema.as_str()
    for operation in named:
        assert f"`{operation}`" in PAGE
        assert f"  {operation}(" in sdl
