"""Whatever bytes a file holds: refused in words, or the good rows around the bad ones go in."""

import gzip
import json
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from app.db import Database
from app.errors import ImportRefused
from app.importing.csv_import import import_csv
from app.importing.formats import ImportFormat
from app.importing.identity import Ids
from app.importing.rows import PlayRow
from app.models import DataImport, ImportState
from tests.importing.conftest import LISTENS, TRACKS, Files, plays
from tests.importing.packing import (
    SPOTIFY_FOLDER,
    TAKEOUT_FILE,
    listen,
    packed,
    rows_of,
    stream,
    watched,
)

_NUMBERS = count()
_PIECES = [
    b"1",
    b"2026-03-01T18:22:05Z",
    b",",
    b'"',
    b"\n",
    b"\r\n",
    b"\xff",
    b"\x00",
    b"u",
    b"\xc3",
]

some_bytes = st.binary(max_size=80) | st.lists(st.sampled_from(_PIECES)).map(b"".join)
forgiving = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def _folder(tmp_path: Path) -> tuple[Files, str]:
    """A new folder and a source of its own, so that nothing in it is known yet."""
    source = f"any{next(_NUMBERS)}"
    (tmp_path / source).mkdir()
    return Files(tmp_path / source), source


@forgiving
@given(in_tracks=some_bytes, in_listens=some_bytes)
@example(in_tracks=b'9,"a\n9,b,"', in_listens=b'9,"')
@example(in_tracks=b"9,\xed\xa0\x80,a", in_listens=b"9,1,9999-12-31T23:59:59-14:00")
def test_good_rows_go_in_around_any_bytes(
    database: Database, tmp_path: Path, in_tracks: bytes, in_listens: bytes
) -> None:
    files, source = _folder(tmp_path)
    first, last = f"{source}-first", f"{source}-last"
    good = b"%s\n%s,First,Nina\n%s\n%s,Last,Nina\n"
    parts = (TRACKS.encode(), first.encode(), in_tracks, last.encode())
    files.put("tracks.csv", good % parts)
    good = b"%s\na,%s,2026-03-01\n%s\na,%s,2026-03-02\n"
    files.put("listens.csv", good % (LISTENS.encode(), first.encode(), in_listens, last.encode()))
    report = import_csv(database, files.folder, tmp_path, lambda *_: None)
    assert report.tracks.loaded >= 2
    assert report.listens.loaded >= 2
    for counts in (report.tracks, report.listens):
        assert counts.read == counts.loaded + counts.unchanged + counts.rejected
    with database.read() as session:
        plays(session)
        assert {first, last} <= Ids.of(session, source).tracks.keys()


@forgiving
@given(content=some_bytes, packed=st.sampled_from(["", "as they are", "truncated"]))
def test_any_bytes_are_imported_or_refused(
    database: Database, tmp_path: Path, content: bytes, packed: str
) -> None:
    files, _ = _folder(tmp_path)
    name = "listens.csv.gz" if packed else "listens.csv"
    if packed == "truncated":
        content = gzip.compress(LISTENS.encode() + b"\n" + content)[:-5]
    (files.folder / name).write_bytes(content)
    with suppress(ImportRefused):
        import_csv(database, files.folder, tmp_path, lambda *_: None)
    with database.read() as session:
        states = set(session.exec(select(DataImport.state)))
    assert ImportState.RUNNING not in states


NAMES = {
    ImportFormat.CSV: "listens.csv",
    ImportFormat.TASTE_PROFILE: "triplets.csv",
    ImportFormat.SPOTIFY: f"{SPOTIFY_FOLDER}/Streaming_History_Audio_2024_0.json",
    ImportFormat.LISTENBRAINZ: "listens/2024/3.jsonl",
    ImportFormat.TAKEOUT: TAKEOUT_FILE,
}
"""What a file of each format is called."""


@pytest.mark.parametrize("form", ImportFormat)
@forgiving
@given(content=some_bytes | st.lists(st.sampled_from(b'[]{},:" \n1e-ux')).map(bytes))
def test_any_bytes_are_read_or_refused(tmp_path: Path, form: ImportFormat, content: bytes) -> None:
    alone = tmp_path / Path(NAMES[form]).name
    alone.write_bytes(content)
    for path in (alone, packed(tmp_path / "file.zip", {NAMES[form]: content})):
        with suppress(ImportRefused):
            rows_of(form, path)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
ENTRIES = {
    ImportFormat.SPOTIFY: stream,
    ImportFormat.LISTENBRAINZ: listen,
    ImportFormat.TAKEOUT: watched,
}


@pytest.mark.parametrize("form", ENTRIES)
@forgiving
@given(data=st.data())
def test_good_entries_are_read_around_any_value(
    tmp_path: Path, form: ImportFormat, data: st.DataObject
) -> None:
    strange: dict[str, Any] = dict(ENTRIES[form](2))
    said = strange.get("track_metadata")
    inside = data.draw(st.sampled_from([strange, said])) if said else strange
    inside[data.draw(st.sampled_from(sorted(inside)))] = data.draw(anything)
    entries = [ENTRIES[form](1), strange, data.draw(anything), ENTRIES[form](3)]
    lines = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
    content = lines if form is ImportFormat.LISTENBRAINZ else entries
    rows = rows_of(form, packed(tmp_path / "file.zip", {NAMES[form]: content}))
    titles = [row.track.title for row in rows if isinstance(row, PlayRow)]
    assert (titles[0], titles[-1]) == ("Song 1", "Song 3")
