"""Reader of PyTune's own format: a folder with tracks.csv and listens.csv, each optionally .gz."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import ImportRefused, InvalidInput
from app.importing.csv_text import CsvText, Line
from app.importing.rows import ListenRow, Rejected, TrackRow
from app.listening import checked_time
from app.models.catalog import MAX_TITLE

TRACK_COLUMNS = ("track_id", "title", "artist")
LISTEN_COLUMNS = ("user_id", "track_id", "listened_at")
MAX_EXTERNAL_ID = 255
MAX_PLAYS = 1_000_000
_MAX_GENRE = 64
_MAX_DURATION = 24 * 3600
_YEARS = range(1000, 2101)
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_WHOLE = re.compile(r"(\d{1,9})(?:\.0*)?")
"""Also as a float, which is how many programs write a column with gaps."""
_SHOWN = 40
"""Characters of a value that are shown in a reason."""


@dataclass(frozen=True, slots=True)
class CsvFolder:
    """The files found; either may be absent, not both."""

    tracks: Path | None
    listens: Path | None


def find(folder: Path) -> CsvFolder:
    """Raises ImportRefused where there is no folder or neither file."""
    if not folder.is_dir():
        raise ImportRefused(file=folder, reason="there is no such folder")
    found = CsvFolder(_either(folder, "tracks.csv"), _either(folder, "listens.csv"))
    if found.tracks is None and found.listens is None:
        raise ImportRefused(
            file=folder,
            reason="it holds neither tracks.csv nor listens.csv (either may end in .gz)",
        )
    return found


def tracks(text: CsvText) -> Iterator[TrackRow | Rejected]:
    """Each row checked; an optional value that makes no sense is left out and reported."""
    for line in text:
        try:
            _refuse_fault(line)
            yield from _track(text, line)
        except InvalidInput as error:
            yield _rejected(text, line, str(error))


def listens(text: CsvText, now: datetime) -> Iterator[ListenRow | Rejected]:
    for line in text:
        try:
            _refuse_fault(line)
            yield ListenRow(
                user=_required(line, "user_id", MAX_EXTERNAL_ID),
                track=_required(line, "track_id", MAX_EXTERNAL_ID),
                listened_at=_moment(line, now),
                plays=_plays(line),
                line=line.number,
            )
        except InvalidInput as error:
            yield _rejected(text, line, str(error))


def _track(text: CsvText, line: Line) -> Iterator[TrackRow | Rejected]:
    fields = {
        "external_id": _required(line, "track_id", MAX_EXTERNAL_ID),
        "title": _required(line, "title", MAX_TITLE),
        "artist": _required(line, "artist", MAX_TITLE),
    }
    optional: dict[str, str | int | None] = {}
    for column, read in _OPTIONAL.items():
        try:
            optional[column] = read(line.values.get(column, "").strip())
        except ValueError as error:
            yield _rejected(text, line, f"{column}: {error}; left empty", whole=False)
    yield TrackRow(**fields, **optional)  # type: ignore[arg-type]


def _either(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def _refuse_fault(line: Line) -> None:
    if line.fault is not None:
        raise InvalidInput("row", line.fault)


def _required(line: Line, column: str, limit: int) -> str:
    value = line.values[column].strip()
    if not value:
        raise InvalidInput(column, "is empty")
    if len(value) > limit:
        raise InvalidInput(column, f"has {len(value)} characters, at most {limit} can be kept")
    return value


def _moment(line: Line, now: datetime) -> datetime | None:
    value = line.values["listened_at"].strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput(
            "listened_at", f"{value[:_SHOWN]!r} is no date such as {_EXAMPLE}"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return checked_time(moment, now)
    except (InvalidInput, OverflowError) as error:
        raise InvalidInput(
            "listened_at", f"{value[:_SHOWN]!r} does not lie between 1970 and now"
        ) from error


_EXAMPLE = "2026-03-01T18:22:05Z"


def _plays(line: Line) -> int:
    value = line.values.get("plays", "").strip()
    if not value:
        return 1
    try:
        plays = float(value)
    except ValueError:
        plays = 0
    if not 1 <= plays <= MAX_PLAYS or plays != int(plays):
        raise InvalidInput("plays", f"must be a whole number of 1 or more, is {value[:_SHOWN]!r}")
    return int(plays)


def _shorter(value: str, limit: int) -> str | None:
    if len(value) > limit:
        raise ValueError(f"{len(value)} characters, at most {limit} can be kept")
    return value or None


def _whole(value: str, allowed: range) -> int | None:
    """0 and nothing mean unknown."""
    if not value:
        return None
    digits = _WHOLE.fullmatch(value)
    number = int(digits[1]) if digits else -1
    if number == 0:
        return None
    if number not in allowed:
        raise ValueError(f"{value[:_SHOWN]!r} is not within {allowed.start} to {allowed.stop - 1}")
    return number


def _video(value: str) -> str | None:
    if value and not _YOUTUBE_ID.fullmatch(value):
        raise ValueError(f"{value[:_SHOWN]!r} is no YouTube id of 11 letters")
    return value or None


_OPTIONAL = {
    "album": lambda value: _shorter(value, MAX_TITLE),
    "year": lambda value: _whole(value, _YEARS),
    "genre": lambda value: _shorter(value, _MAX_GENRE),
    "duration_seconds": lambda value: _whole(value, range(1, _MAX_DURATION)),
    "youtube_id": _video,
}


def _rejected(text: CsvText, line: Line, reason: str, *, whole: bool = True) -> Rejected:
    shown = ",".join(line.values.values()).encode("utf-8", "replace").decode()
    return Rejected(text.path.name, line.number, reason, shown[:500], whole)
