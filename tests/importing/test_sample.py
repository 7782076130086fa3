"""A slice of a large catalogue with real titles and players, where it lies beside us."""

import gzip
from itertools import islice
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from app import catalog
from app.db import Database
from app.importing.csv_import import import_csv
from app.models import Track
from tests.importing.conftest import plays, rejected_rows
from tests.omissions import SAMPLE

TRACKS, LISTENS = 5_000, 20_000


@pytest.fixture(scope="module")
def slice_of_it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first tracks, and the first listens of whichever tracks."""
    folder = tmp_path_factory.mktemp("sample")
    with (SAMPLE / "tracks.csv").open("rb") as stream:
        (folder / "tracks.csv").write_bytes(b"".join(islice(stream, TRACKS + 1)))
    with gzip.open(SAMPLE / "listens.csv.gz") as stream:
        lines = b"".join(islice(stream, LISTENS + 1))
    (folder / "listens.csv.gz").write_bytes(gzip.compress(lines))
    return folder


@pytest.mark.sample
def test_a_slice_goes_in_and_is_found(
    database: Database, slice_of_it: Path, tmp_path: Path
) -> None:
    report = import_csv(database, slice_of_it, tmp_path, lambda *_: None, "sample")
    assert (report.tracks.read, report.tracks.loaded) == (TRACKS, TRACKS)
    assert report.listens.read == LISTENS
    assert report.listens.loaded + report.listens.rejected == LISTENS
    rejected = rejected_rows(report.rejected_file)
    assert {row[3] for row in rejected} == {"track_id: no track of this source has this id"}
    assert len(rejected) == report.listens.rejected
    with database.read() as session:
        assert plays(session) == report.listens.loaded > 1_000
        _check_catalogue(session)
    again = import_csv(database, slice_of_it, tmp_path, lambda *_: None, "sample")
    assert (again.tracks.loaded, again.listens.loaded) == (0, 0)


def _check_catalogue(session: Session) -> None:
    assert catalog.popular_tracks(session, 1)[0].listener_count > 1
    found = catalog.search_tracks(session, "DURAN hungry", 5)
    assert ("Hungry Like The Wolf", "Duran Duran") in [(t.title, t.artist_name) for t in found]
    played = select(func.count()).where(col(Track.youtube_id).is_not(None))
    assert session.exec(played).one() > 0
