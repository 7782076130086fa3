"""Two catalogues may speak of one track; each knows it by an id of its own."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from app.db import Database
from app.importing.csv_import import import_csv
from app.importing.identity import Ids
from app.models import Event, Track, User, VideoState, WrongVideo
from tests.importing.conftest import Files, Import, titles

MOMENT = "2026-03-01T18:22:05Z"


def test_another_source_has_its_own_ids_for_the_tracks_it_shares(
    files: Files, bring_in: Import, database: Database, tmp_path: Path
) -> None:
    files.tracks("1,Halo,Beyoncé", "2,Déjà Vu,Beyonce", "3,So What,P!nk")
    files.listens(f"a,1,{MOMENT}", f"b,1,{MOMENT}")
    bring_in()
    files.tracks("3,Halo,BEYONCE", "4,Halo,Beyoncé", "5,Déjà Vu (Live),Beyoncé")
    files.listens(f"a,3,{MOMENT}")
    report = import_csv(database, files.folder, tmp_path, lambda *_: None, source="other")
    assert report.tracks_added == 2
    assert [title for title, _ in titles(database)][3:] == ["Halo", "Déjà Vu (Live)"]
    with database.read() as session:
        assert len(session.exec(select(User)).all()) == 3
        heard = session.exec(select(Event.track_id).order_by(col(Event.id).desc())).first()
        assert heard == Ids.of(session, "demo").tracks["1"]


def test_a_source_adds_to_tracks_of_another_and_does_not_change_them(
    files: Files, bring_in: Import, database: Database, tmp_path: Path
) -> None:
    files.tracks("1,Halo,Beyoncé,2008,", header="track_id,title,artist,year,album")
    bring_in()
    for _ in range(2):
        files.tracks("x,HALO,Beyonce,1999,I Am", header="track_id,title,artist,year,album")
        import_csv(database, files.folder, tmp_path, lambda *_: None, source="other")
        with database.read() as session:
            track = session.exec(select(Track)).one()
        assert (track.title, track.year, track.album) == ("Halo", 2008, "I Am")


@pytest.mark.parametrize("source", ["demo", "other"])
def test_a_video_that_was_set_aside_does_not_come_back(
    files: Files, bring_in: Import, database: Database, tmp_path: Path, source: str
) -> None:
    header = "track_id,title,artist,youtube_id"
    files.tracks("1,Halo,Beyoncé,aaaaaaaaaaa", header=header)
    bring_in()
    with database.write() as session:
        track = session.exec(select(Track)).one()
        track.youtube_id, track.video_state = None, VideoState.MISSING
        session.add(WrongVideo(track_id=track.id or 0, youtube_id="aaaaaaaaaaa"))
    for video, state in (("a", VideoState.MISSING), ("b", VideoState.FOUND)):
        files.tracks(f"1,Halo,Beyoncé,{11 * video}", header=header)
        import_csv(database, files.folder, tmp_path, lambda *_: None, source=source)
        with database.read() as session:
            assert session.exec(select(Track)).one().video_state is state
