"""Histories and catalogues from elsewhere, through the one loader, into either database."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from app.db import Database
from app.errors import InvalidInput
from app.importing.formats import ImportFormat
from app.importing.identity import EXTERNAL_IDS
from app.importing.records import Wanted
from app.importing.report import ImportReport
from app.importing.run import import_now
from app.listening import USER_ITEMS
from app.models import Event, Track
from tests import making
from tests.importing.conftest import plays, rejected_rows, titles
from tests.importing.packing import TAKEOUT_FILE, listen, packed, stream, watched

BringIn = Callable[..., ImportReport]


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


@pytest.fixture
def bring(database: Database, ann: int, tmp_path: Path) -> BringIn:
    """Imports into Ann's account."""

    def run(form: ImportFormat, path: Path, user: int | None = ann) -> ImportReport:
        wanted = Wanted.of(form, path, user_id=user)
        return import_now(database, wanted, tmp_path / "reports", lambda *_: None)

    return run


def _spotify(tmp_path: Path, *streams: Any) -> Path:
    return packed(tmp_path / "spotify.zip", {"Streaming_History_Audio_0.json": streams})


def _listenbrainz(tmp_path: Path, *listens: Any) -> Path:
    lines = "".join(json.dumps(value) + "\n" for value in listens).encode()
    return packed(tmp_path / "lb.zip", {"listens/2024/3.jsonl": lines})


def test_a_history_goes_into_its_listeners_account_once(
    database: Database, bring: BringIn, ann: int, tmp_path: Path
) -> None:
    streams = [stream(1), stream(2), stream(3, ms_played=1, reason_end="fwdbtn"), {"ts": 1}]
    for loaded in (3, 0):
        report = bring(ImportFormat.SPOTIFY, _spotify(tmp_path, *streams))
        assert (report.listens.loaded, report.listens.unchanged) == (loaded, 3 - loaded)
        assert (report.listens.rejected, report.passed_over) == (0, 1)
        with database.read() as session:
            rows = session.connection().execute(select_columns(USER_ITEMS)).all()
            assert {row.user_id for row in rows} == {ann}
            assert sorted((row.plays, row.skips) for row in rows) == [(0, 1), (1, 0), (1, 0)]
            assert plays(session) == 2
    assert len(titles(database)) == 3


def test_one_song_has_many_ids_on_a_streaming_service(
    database: Database, bring: BringIn, tmp_path: Path
) -> None:
    again = stream(2, master_metadata_track_name="SONG 1 - Remastered 2011")
    live = stream(3, master_metadata_track_name="Song 1 (Live)")
    report = bring(ImportFormat.SPOTIFY, _spotify(tmp_path, stream(1), again, live))
    assert titles(database) == [("Song 1", "Nina Simone"), ("Song 1 (Live)", "Nina Simone")]
    assert (report.listens.loaded, report.tracks_added) == (3, 2)


def test_services_meet_in_the_catalogue(database: Database, bring: BringIn, tmp_path: Path) -> None:
    """By name. An id that the player sent, or a video, is one listener's word alone."""
    with database.write() as session:
        there = making.track(session, "Song 1", "nina simone", year=1965)
    bring(ImportFormat.SPOTIFY, _spotify(tmp_path, stream(1), stream(7)))
    said = {"spotify_id": f"https://open.spotify.com/track/{7:022}"}
    other_name = listen(9, track_name="Something else", additional_info=said)
    bring(ImportFormat.LISTENBRAINZ, _listenbrainz(tmp_path, listen(1), other_name))
    video = packed(tmp_path / "takeout.zip", {TAKEOUT_FILE: [watched(1)]})
    bring(ImportFormat.TAKEOUT, video)
    assert [title for title, _ in titles(database)] == ["Song 1", "Song 7", "Something else"]
    with database.read() as session:
        track = session.get_one(Track, there)
        assert (track.youtube_id, track.video_state, track.year) == (None, "unknown", 1965)
        # All three tell of the same listen.
        assert plays(session) == 3
        heard = [event.track_id for event in session.exec(select(Event))]
    assert heard.count(there) == 1


def test_ids_of_recordings_are_kept(database: Database, bring: BringIn, tmp_path: Path) -> None:
    mbid = "99999999-2222-4333-8444-555555555555"
    said = {"recording_mbid": mbid, "isrc": "USABC1234567"}
    bring(ImportFormat.LISTENBRAINZ, _listenbrainz(tmp_path, listen(1, additional_info=said)))
    with database.read() as session:
        rows = session.connection().execute(select_columns(EXTERNAL_IDS)).all()
    assert {(row.source, row.external_id) for row in rows} == {
        ("listenbrainz", "00000001-0000-4000-8000-000000000000"),
        ("musicbrainz", mbid),
        ("isrc", "USABC1234567"),
    }


def test_another_length_is_another_track(
    database: Database, bring: BringIn, tmp_path: Path
) -> None:
    long = listen(2, track_name="Song 1", additional_info={"duration_ms": 600_000})
    guest = listen(3, track_name="Song 1 (feat. Ann)")
    bring(ImportFormat.LISTENBRAINZ, _listenbrainz(tmp_path, listen(1), long, guest))
    assert len(titles(database)) == 2


TASTE = "user_id,song_id,listen_count,title,release,artist_name,year"


def test_a_taste_profile_goes_in_joined(database: Database, bring: BringIn, tmp_path: Path) -> None:
    rows = ["u,S1,2.0,Halo,I Am,Beyoncé,2008.0", "v,S1,1,Halo,I Am,Beyoncé,0",
            "v,S2,1,Halo,Other,Beyoncé,0", "v,S3,none,Blue,,Joni,0"]  # fmt: skip
    path = tmp_path / "song_df.csv"
    path.write_text("\n".join([f",{TASTE}", *(f"{n},{row}" for n, row in enumerate(rows))]))
    for loaded in (3, 0):
        report = bring(ImportFormat.TASTE_PROFILE, path, None)
        assert (report.listens.loaded, report.listens.rejected) == (loaded, 1)
    assert titles(database) == [("Halo", "Beyoncé"), ("Halo", "Beyoncé")]
    assert rejected_rows(report.rejected_file)[0][:2] == ["song_df.csv", "5"]
    with database.read() as session:
        assert plays(session) == 4
        assert session.exec(select(Track.year).order_by(col(Track.id))).first() == 2008


def test_a_taste_profile_goes_in_as_songs_and_triplets(
    database: Database, bring: BringIn, tmp_path: Path
) -> None:
    folder = tmp_path / "msd"
    folder.mkdir()
    (folder / "song_data.csv").write_text(
        "song_id,title,release,artist_name,year\nS1,Halo,I Am,Beyoncé,2008\nS2,Blue,Blue,Joni,0\n"
    )
    (folder / "10000.txt").write_text('u\tS1\t3\nu\tS9\t1\nv\tS1\t1\nv\t"S2\t1\n')
    report = bring(ImportFormat.TASTE_PROFILE, folder, None)
    assert (report.tracks.loaded, report.listens.loaded, report.listens.rejected) == (2, 2, 2)
    with database.read() as session:
        assert plays(session) == 4


def test_a_history_needs_a_listener_and_a_catalogue_has_its_own(tmp_path: Path) -> None:
    for form, user in ((ImportFormat.SPOTIFY, None), (ImportFormat.CSV, 1)):
        with pytest.raises(InvalidInput, match="user: "):
            Wanted.of(form, tmp_path / "x", user_id=user)
