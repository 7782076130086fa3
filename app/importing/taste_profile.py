"""Reader of the Echo Nest Taste Profile: plays without dates, joined to songs or beside them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path, PurePosixPath

from app.errors import ImportRefused, InvalidInput
from app.importing import fields
from app.importing.archive import Entry, entries
from app.importing.csv_files import YEARS, part_of, refuse_fault, rejected, shorter, whole
from app.importing.csv_text import CsvText, Line
from app.importing.rows import Holds, ListenRow, Part, PlayRow, Row, TrackRow
from app.models.catalog import MAX_TITLE

SOURCE = "taste-profile"
JOINED = ("user_id", "song_id", "listen_count", "title", "artist_name")
SONGS = ("song_id", "title", "artist_name")
TRIPLETS = ("user_id", "song_id", "listen_count")
"""Of the file without a header: a listener, a song and a number, set apart by tabs."""
_SUFFIXES = {".csv", ".txt", ".tsv", ".gz"}
_TOGETHER = "a CSV file of joined rows, or a song table (.csv) and triplets (.txt)"


def open_parts(stack: ExitStack, path: Path, _now: datetime) -> list[Part]:
    """Raises ImportRefused where neither form is there."""
    found = [entry for entry in entries(path) if entry.suffix in _SUFFIXES]
    tables = [entry for entry in found if _plain(entry) == ".csv"]
    triplets = [entry for entry in found if _plain(entry) != ".csv"]
    if len(tables) == 1 and not triplets:
        text = stack.enter_context(CsvText(tables[0], JOINED))
        return [part_of(text, Holds.PLAYS, _rows(text, _joined))]
    if len(tables) == 1 and len(triplets) == 1:
        return _beside(stack, tables[0], triplets[0])
    raise ImportRefused(file=path.name, reason=f"it must be {_TOGETHER}")


def _beside(stack: ExitStack, table: Entry, triplets: Entry) -> list[Part]:
    songs = stack.enter_context(CsvText(table, SONGS))
    plays = CsvText(triplets, TRIPLETS, columns=TRIPLETS, delimiter="\t")
    stack.enter_context(plays)
    return [
        part_of(songs, Holds.TRACKS, _rows(songs, _track)),
        part_of(plays, Holds.LISTENS, _rows(plays, _listen)),
    ]


def _rows(text: CsvText, read: Callable[[Line], Row]) -> Iterator[Row]:
    for line in text:
        try:
            refuse_fault(line)
            yield read(line)
        except InvalidInput as error:
            yield rejected(text, line, str(error))


def _joined(line: Line) -> PlayRow:
    return PlayRow(_track(line), _listen(line))


def _track(line: Line) -> TrackRow:
    return TrackRow(
        external_id=_present(line, "song_id", fields.MAX_EXTERNAL_ID),
        title=_present(line, "title", MAX_TITLE),
        artist=_present(line, "artist_name", MAX_TITLE),
        album=_optional(line, "release"),
        year=_year(line),
    )


def _listen(line: Line) -> ListenRow:
    return ListenRow(
        user=_present(line, "user_id", fields.MAX_EXTERNAL_ID),
        track=_present(line, "song_id", fields.MAX_EXTERNAL_ID),
        listened_at=None,
        plays=fields.plays("listen_count", line.values["listen_count"].strip()),
        line=line.number,
    )


def _present(line: Line, column: str, limit: int) -> str:
    return fields.present(column, line.values[column], limit)


def _optional(line: Line, column: str) -> str | None:
    try:
        return shorter(line.values.get(column, "").strip(), MAX_TITLE)
    except ValueError:
        return None


def _year(line: Line) -> int | None:
    """0 where it is not known, and now and then a number that is no year."""
    try:
        return whole(line.values.get("year", "").strip(), YEARS)
    except ValueError:
        return None


def _plain(entry: Entry) -> str:
    """What kind of file it is, packed or not."""
    return PurePosixPath(entry.name.removesuffix(".gz")).suffix
