"""A history in which one service has two ids for one track."""

from pathlib import Path

import pytest
from sqlmodel import select

from app.db import Database
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.importing.run import import_now
from app.models import Track
from app.models.columns import id_of
from tests import making
from tests.importing.packing import packed, stream


@pytest.fixture
def history(database: Database, tmp_path: Path) -> tuple[int, Wanted]:
    """Two ids of one service that are one track here, and the file that they came from."""
    ann = database.transact(making.user)
    same = {"master_metadata_track_name": "Song", "master_metadata_album_artist_name": "Ann"}
    hours = [(1, 5), (2, 6), (1, 7), (1, 8)]
    streams = [stream(number, **same, ts=f"2024-03-01T{hour:02}:00:00Z") for number, hour in hours]
    streams[1]["master_metadata_track_name"] = "Song (Remastered 2011)"
    path = packed(tmp_path / "my.zip", {"Streaming_History_Audio_1.json": streams})
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=ann)
    import_now(database, wanted, tmp_path, lambda *_: None)
    with database.read() as session:
        return id_of(session.exec(select(Track)).one()), wanted
