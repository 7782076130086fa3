"""What lies in a backup: a zip of `backup.json`, `tables/NAME.jsonl` and `models/NAME/FILE`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, Self
from zipfile import ZipFile

import orjson

FORMAT = 2
_READ = (1, FORMAT)
"""The first did not tell the last ids."""
CONTENTS = "backup.json"
BLOCK = 1 << 20
"""Bytes read at a time."""

Progress = Callable[[str, int, int], None]
"""What is done now, how much of it, and of how much."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: list[str]
    rows: int
    sha256: str
    """Of its lines, each a JSON array of a row's values."""

    @property
    def member(self) -> str:
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True, slots=True)
class Contents:
    """Written last: a file without it is not whole."""

    made_at: str
    revision: str
    """The schema's: Alembic's name of it."""
    tables: list[Table]
    models: list[str]
    """Folders of the artifact folder that are whole in the archive."""
    last_ids: dict[str, int] = field(default_factory=dict)
    """By table: the last that was given, though its row may be gone."""
    format: int = FORMAT

    def bytes(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def read(cls, archive: ZipFile) -> Self:
        """Raises ValueError, KeyError or TypeError where it is not one of ours."""
        about: dict[str, Any] = orjson.loads(archive.read(CONTENTS))
        if about["format"] not in _READ:
            raise ValueError(f"it has format {about['format']}, this version reads up to {FORMAT}")
        tables = [Table(**each) for each in about.pop("tables")]
        return cls(tables=tables, **about)


def model_member(model: str, file: str) -> str:
    return f"models/{model}/{file}"


def files_of(archive: ZipFile, model: str) -> list[str]:
    """Names of a model's files. Raises ValueError for a name that would lie elsewhere."""
    prefix = model_member(model, "")
    if model != PurePosixPath(model).name or model.startswith("."):
        raise ValueError(f"{model!r} is no name of a model")
    names = [each.removeprefix(prefix) for each in archive.namelist() if each.startswith(prefix)]
    if any(name != PurePosixPath(name).name or "\\" in name for name in names):
        raise ValueError(f"model {model!r} has a file outside of it")
    return names


@dataclass(slots=True)
class Report:
    """What went into a backup or came out of it."""

    rows: int = 0
    models: int = 0
    missing_models: list[str] = field(default_factory=list)
    """Models that the database names and whose files are gone or damaged."""
