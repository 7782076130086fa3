"""Reader of PyTune's own format: tracks.csv and listens.csv, or .csv.gz, in a folder or a zip."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from app.errors import ImportRefused, InvalidInput
from app.importing import fields
from app.importing.archive import Entry, entries
from app.importing.csv_text import CsvText, Line
from app.importing.rows import Holds, ListenRow, Part, Rejected, Row, TrackRow
from app.models.catalog import MAX_TITLE

TRACK_COLUMNS = ("track_id", "title", "artist")
LISTEN_COLUMNS = ("user_id", "track_id", "listened_at")
_MAX_GENRE = 64
_MAX_DURATION = 24 * 3600
YEARS = range(1000, 2101)
_WHOLE = re.compile(r"(\d{1,9})(?:\.0*)?")
"""Also as a float, which is how many programs write a column with gaps."""


@dataclass(frozen=True, slots=True)
class CsvFolder:
    """The files found; either may be absent, not both."""

    tracks: Entry | None
    listens: Entry | None


def find(path: Path) -> CsvFolder:
    """In a folder or a zip. Raises ImportRefused where there is none, or neither file in it."""
    if not path.exists():
        raise ImportRefused(file=path, reason="there is no such folder")
    inside = entries(path)
    found = CsvFolder(_named(inside, "tracks.csv"), _named(inside, "listens.csv"))
    if found.tracks is None and found.listens is None:
        raise ImportRefused(
            file=path,
            reason="it holds neither tracks.csv nor listens.csv (either may end in .gz)",
        )
    return found


def open_parts(stack: ExitStack, path: Path, now: datetime) -> list[Part]:
    """Raises ImportRefused before anything is read but the headers."""
    found, parts = find(path), []
    if found.tracks is not None:
        text = stack.enter_context(CsvText(found.tracks, TRACK_COLUMNS))
        parts.append(part_of(text, Holds.TRACKS, tracks(text)))
    if found.listens is not None:
        text = stack.enter_context(CsvText(found.listens, LISTEN_COLUMNS))
        parts.append(part_of(text, Holds.LISTENS, listens(text, now)))
    return parts


def part_of(text: CsvText, holds: Holds, rows: Iterator[Row]) -> Part:
    return Part(text.name, holds, text.size, rows, lambda: text.bytes_read)


def tracks(text: CsvText) -> Iterator[TrackRow | Rejected]:
    """Each row checked; an optional value that makes no sense is left out and reported."""
    for line in text:
        try:
            refuse_fault(line)
            yield from _track(text, line)
        except InvalidInput as error:
            yield rejected(text, line, str(error))


def listens(text: CsvText, now: datetime) -> Iterator[ListenRow | Rejected]:
    for line in text:
        try:
            refuse_fault(line)
            yield ListenRow(
                user=_required(line, "user_id", fields.MAX_EXTERNAL_ID),
                track=_required(line, "track_id", fields.MAX_EXTERNAL_ID),
                listened_at=_moment(line, now),
                plays=_plays(line),
                line=line.number,
            )
        except InvalidInput as error:
            yield rejected(text, line, str(error))


def _track(text: CsvText, line: Line) -> Iterator[TrackRow | Rejected]:
    named = {
        "external_id": _required(line, "track_id", fields.MAX_EXTERNAL_ID),
        "title": _required(line, "title", MAX_TITLE),
        "artist": _required(line, "artist", MAX_TITLE),
    }
    optional: dict[str, str | int | None] = {}
    for column, read in _OPTIONAL.items():
        try:
            optional[column] = read(line.values.get(column, "").strip())
        except ValueError as error:
            yield rejected(text, line, f"{column}: {error}; left empty", whole=False)
    yield TrackRow(**named, **optional)  # type: ignore[arg-type]


def _named(inside: list[Entry], name: str) -> Entry | None:
    """At the top, or in the only folder there is."""
    wanted = {name, f"{name}.gz"}
    found = [entry for entry in inside if PurePosixPath(entry.name).name in wanted]
    return min(found, key=lambda entry: (entry.name.count("/"), entry.name), default=None)


def refuse_fault(line: Line) -> None:
    if line.fault is not None:
        raise InvalidInput("row", line.fault)


def _required(line: Line, column: str, limit: int) -> str:
    return fields.present(column, line.values[column], limit)


def _moment(line: Line, now: datetime) -> datetime | None:
    value = line.values["listened_at"].strip()
    return fields.moment("listened_at", value, now) if value else None


def _plays(line: Line) -> int:
    value = line.values.get("plays", "").strip()
    return fields.plays("plays", value) if value else 1


def shorter(value: str, limit: int) -> str | None:
    if len(value) > limit:
        raise ValueError(f"{len(value)} characters, at most {limit} can be kept")
    return value or None


def whole(value: str, allowed: range) -> int | None:
    """0 and nothing mean unknown."""
    if not value:
        return None
    digits = _WHOLE.fullmatch(value)
    number = int(digits[1]) if digits else -1
    if number == 0:
        return None
    if number not in allowed:
        raise ValueError(
            f"{value[: fields.SHOWN]!r} is not within {allowed.start} to {allowed.stop - 1}"
        )
    return number


def _video(value: str) -> str | None:
    if value and not fields.YOUTUBE_ID.fullmatch(value):
        raise ValueError(f"{value[: fields.SHOWN]!r} is no YouTube id of 11 letters")
    return value or None


_OPTIONAL = {
    "album": lambda value: shorter(value, MAX_TITLE),
    "year": lambda value: whole(value, YEARS),
    "genre": lambda value: shorter(value, _MAX_GENRE),
    "duration_seconds": lambda value: whole(value, range(1, _MAX_DURATION)),
    "youtube_id": _video,
}


def rejected(text: CsvText, line: Line, reason: str, *, whole: bool = True) -> Rejected:
    shown = ",".join(line.values.values()).encode("utf-8", "replace").decode()
    return Rejected(text.name, line.number, reason, shown[:500], whole)
