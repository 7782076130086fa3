"""Tracks and artists corrected by hand."""

import pytest
from sqlmodel import select

from app import catalog, editing
from app.db import Database
from app.editing import Correction
from app.errors import ArtistNotFound, InvalidInput
from app.importing.identity import Ids, Origin, remember
from app.importing.rows import TrackRow
from app.importing.tracks import change_tracks
from app.models import CatalogueEdit, ExternalKind, Track
from app.search import Search
from tests import making


def test_what_was_said_is_found_and_no_import_changes_it(database: Database) -> None:
    search = Search(database)
    with database.write() as session:
        track = making.track(session, "Halo", "Beyonse", year=2009)
        remember(session, Origin("shop"), ExternalKind.TRACK, {"7": track})
    said = Correction(" Halo ", "Beyoncé", album="Sasha", year=2008)
    for _ in range(2):
        database.transact(lambda session: editing.edit_track(session, track, said, "root"))
    with database.write() as session:
        (edit,) = session.exec(select(CatalogueEdit)).all()
        assert edit.details["year"] == [2009, 2008]
        assert set(edit.details) == {"artist_id", "album", "year"}
        row = TrackRow("7", "Halo!", "Beyonse", year=2009)
        assert change_tracks(session, {"7": row}, Ids.of(session, "shop"), Ids(), joins=False) == 0
        shown = catalog.track(session, track)
        assert (shown.title, shown.artist_name, shown.year) == ("Halo", "Beyoncé", 2008)
        assert [row.id for row, _ in search.tracks(session, "sasha beyonce", 5)] == []
        assert [row.id for row, _ in search.tracks(session, "halo beyonce", 5)] == [track]
    search.stop()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Correction(" ", "x"), "title"),
        (Correction("x", ""), "artist"),
        (Correction("x" * 501, "x"), "title"),
        (Correction("x", "x", year=0), "year"),
        (Correction("x", "x", genre="x" * 65), "genre"),
        (Correction("x", "x", duration_seconds=-1), "durationSeconds"),
        (Correction("x\x00", "x"), "title"),
    ],
)
def test_what_cannot_be_said_names_its_field(
    database: Database, said: Correction, field: str
) -> None:
    with database.write() as session:
        track = making.track(session, "Halo", "Beyoncé")
        with pytest.raises(InvalidInput) as problem:
            editing.edit_track(session, track, said, "root")
        assert problem.value.field == field


def test_an_artist_has_a_name_that_no_other_has(database: Database) -> None:
    with database.write() as session:
        track = making.track(session, "Halo", "Beyonse")
        artist = catalog.track(session, track).artist_id
        making.track(session, "With or Without You", "U2")
        with pytest.raises(InvalidInput, match="merge them instead"):
            editing.rename_artist(session, artist, "u2", "root")
        with pytest.raises(ArtistNotFound):
            editing.rename_artist(session, 10**6, "X", "root")
        editing.rename_artist(session, artist, "Beyoncé", "root")
        assert catalog.artist(session, artist).name == "Beyoncé"
        assert session.get_one(Track, track).search_key == " halo beyonce"


def test_an_artist_may_be_called_as_the_one_that_was_merged_into_it(database: Database) -> None:
    with database.write() as session:
        wrong, right, other = (
            catalog.track(session, making.track(session, title, artist)).artist_id
            for title, artist in (("Halo", "Beyonse"), ("Crazy", "Beyoncé"), ("One", "U2"))
        )
        editing.merge_artist(session, right, wrong, "root")
        with pytest.raises(InvalidInput, match="merge them instead"):
            editing.rename_artist(session, other, "Beyoncé", "root")
        editing.rename_artist(session, wrong, "Beyoncé", "root")
        assert catalog.artist(session, right).name == "Beyoncé"
