"""What people bring along from where they listened before, as each service gives it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.errors import ImportRefused
from app.importing.formats import ImportFormat
from app.importing.rows import OWNER, ListenRow, PassedOver, PlayRow, TrackRow
from tests.importing.packing import (
    SPOTIFY_FOLDER,
    TAKEOUT_FILE,
    listen,
    packed,
    plays_of,
    reasons_of,
    rows_of,
    stream,
    watched,
)

SPOTIFY, LISTENBRAINZ, TAKEOUT = (
    ImportFormat.SPOTIFY,
    ImportFormat.LISTENBRAINZ,
    ImportFormat.TAKEOUT,
)


def _spotify(tmp_path: Path, *streams: Any) -> list[Any]:
    name = f"{SPOTIFY_FOLDER}/Streaming_History_Audio_2024_0.json"
    return rows_of(SPOTIFY, packed(tmp_path / "my_spotify_data.zip", {name: streams}))


def _listenbrainz(tmp_path: Path, *listens: Any) -> list[Any]:
    lines = "".join(json.dumps(value) + "\n" for value in listens).encode()
    files = {"user.json": {"user_id": 1}, "listens/2024/3.jsonl": lines, "feedback.jsonl": b"{}\n"}
    return rows_of(LISTENBRAINZ, packed(tmp_path / "listenbrainz_ann_1.zip", files))


def _takeout(tmp_path: Path, *entries: Any) -> list[Any]:
    return rows_of(TAKEOUT, packed(tmp_path / "takeout.zip", {TAKEOUT_FILE: entries}))


def test_a_stream_is_a_listen_from_when_it_began(tmp_path: Path) -> None:
    track = TrackRow(f"{1:022}", "Song 1", "Nina Simone", "Pastel Blues")
    began = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
    assert _spotify(tmp_path, stream()) == [
        PlayRow(track, ListenRow(OWNER, track.external_id, began, line=1, seconds=210))
    ]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"ms_played": 30_000}, "listen"),
        ({"ms_played": 29_999, "reason_end": "fwdbtn"}, "skip"),
        ({"ms_played": 29_999, "reason_end": "logout"}, None),
        ({"incognito_mode": True}, None),
        ({"spotify_track_uri": None, "master_metadata_track_name": None}, None),
    ],
)
def test_what_is_no_listen_to_music_is_a_skip_or_passed_over(
    tmp_path: Path, changed: dict[str, Any], kind: str | None
) -> None:
    (row,) = _spotify(tmp_path, stream(**changed))
    if kind is None:
        assert row == PassedOver()
    else:
        assert row.listen.is_skip is (kind == "skip")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ts": "yesterday"}, "ts"),
        ({"ts": None}, "ts"),
        ({"ts": "2031-01-01T00:00:00Z"}, "ts"),
        ({"ms_played": "long"}, "ms_played"),
        ({"ms_played": True}, "ms_played"),
        ({"ms_played": -1}, "ms_played"),
        ({"spotify_track_uri": "spotify:local:x"}, "spotify_track_uri"),
        ({"master_metadata_track_name": " "}, "master_metadata_track_name"),
        ({"master_metadata_track_name": "half \ud800"}, "master_metadata_track_name"),
        ({"master_metadata_album_artist_name": "x" * 501}, "master_metadata_album_artist_name"),
    ],
)
def test_a_stream_that_makes_no_sense_is_rejected_and_the_next_is_taken(
    tmp_path: Path, changed: dict[str, Any], field: str
) -> None:
    rows = _spotify(tmp_path, stream(1, **changed), stream(2))
    ((place, reason),) = reasons_of(rows)
    assert (place, reason.split(":")[0]) == (1, field)
    assert [play.track.title for play in plays_of(rows)] == ["Song 2"]


def test_every_file_of_the_history_is_read_and_no_other(tmp_path: Path) -> None:
    files = {
        f"{SPOTIFY_FOLDER}/Streaming_History_Audio_2024_1.json": [stream(2)],
        f"{SPOTIFY_FOLDER}/Streaming_History_Video_2024.json": [stream(3)],
        f"{SPOTIFY_FOLDER}/endsong_0.json": [stream(4)],
        f"{SPOTIFY_FOLDER}/Userdata.json": {"no": "list"},
    }
    rows = rows_of(SPOTIFY, packed(tmp_path / "x.zip", files))
    assert {play.track.title for play in plays_of(rows)} == {"Song 2", "Song 3", "Song 4"}


def test_one_file_out_of_the_zip_will_do(tmp_path: Path) -> None:
    path = tmp_path / "endsong_3.json"
    path.write_text(json.dumps([stream(1)]))
    assert len(plays_of(rows_of(SPOTIFY, path))) == 1


def test_the_history_of_a_year_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"MyData/StreamingHistory_music_0.json": [{"endTime": "x"}]})
    with pytest.raises(ImportRefused, match="ask Spotify for the extended streaming history"):
        rows_of(SPOTIFY, path)


def test_a_listen_keeps_what_the_player_said(tmp_path: Path) -> None:
    mbid = "99999999-2222-4333-8444-555555555555"
    said = {
        "recording_mbid": mbid,
        "isrc": "us-abc-12-34567",
        "duration": 215,
        "origin_url": f"https://open.spotify.com/track/{7:022}?si=x",
    }
    (play,) = _listenbrainz(tmp_path, listen(additional_info=said))
    assert play.track == TrackRow(
        external_id="00000001-0000-4000-8000-000000000000",
        title="Song 1",
        artist="Nina Simone",
        album="Pastel Blues",
        duration_seconds=215,
        also=(("musicbrainz", mbid), ("isrc", "USABC1234567"), ("spotify", f"{7:022}")),
    )
    assert play.listen.listened_at == datetime(2024, 3, 1, 20, 0, 1, tzinfo=UTC)


def test_what_listenbrainz_guessed_names_no_track(tmp_path: Path) -> None:
    (play,) = _listenbrainz(tmp_path, listen(additional_info={"recording_mbid": "no id"}))
    assert play.track.also == ()


def test_a_listen_without_any_id_is_known_by_its_names(tmp_path: Path) -> None:
    named = [listen(number, recording_msid=None) for number in (1, 2, 1)]
    ids = [play.track.external_id for play in plays_of(_listenbrainz(tmp_path, *named))]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize(
    "broken",
    [
        {"listened_at": "now", "track_metadata": {}},
        {"listened_at": True},
        {"listened_at": float("nan")},
        {"listened_at": 1e300},
        {"listened_at": 1_709_323_200, "track_metadata": []},
        [1],
        "listen",
    ],
)
def test_a_line_that_makes_no_sense_is_rejected_by_its_number(tmp_path: Path, broken: Any) -> None:
    rows = _listenbrainz(tmp_path, listen(1), broken, listen(3))
    assert [place for place, _ in reasons_of(rows)] == [2]
    assert len(plays_of(rows)) == 2


def test_months_are_read_in_their_order(tmp_path: Path) -> None:
    names = ["listens/2024/10.jsonl", "listens/2024/9.jsonl", "listens/2023/12.jsonl"]
    files = {name: json.dumps(listen(n + 1)).encode() for n, name in enumerate(names)}
    rows = rows_of(LISTENBRAINZ, packed(tmp_path / "x.zip", files))
    assert [play.track.title for play in plays_of(rows)] == ["Song 3", "Song 2", "Song 1"]


def test_a_watched_song_can_be_played(tmp_path: Path) -> None:
    track = TrackRow("video000001", "Song 1", "Nina Simone", youtube_id="video000001")
    moment = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
    assert _takeout(tmp_path, watched(), watched(2, header="YouTube")) == [
        PlayRow(track, ListenRow(OWNER, "video000001", moment, line=1)),
        PassedOver(),
    ]


@pytest.mark.parametrize(
    ("channel", "title", "named"),
    [
        ("ABBA - Topic", "SOS (Official Video)", ("ABBA", "SOS (Official Video)")),
        ("AbbaVEVO", "ABBA - SOS (Official Music Video)", ("ABBA", "SOS")),
        ("ABBA", "SOS [Lyrics]", ("ABBA", "SOS")),
        ("Somebody", "ABBA - SOS (Live)", ("Somebody", "ABBA - SOS (Live)")),
        ("ABBA", "(Official Video)", ("ABBA", "(Official Video)")),
    ],
)
def test_artist_and_title_of_a_video(
    tmp_path: Path, channel: str, title: str, named: tuple[str, str]
) -> None:
    entry = watched(title=f"Watched {title}", subtitles=[{"name": channel}])
    (play,) = plays_of(_takeout(tmp_path, entry))
    assert (play.track.artist, play.track.title) == named


@pytest.mark.parametrize(
    ("before", "after"),
    [("Watched ", ""), ("", " angesehen"), ("Vous avez regardé ", ""), ("「", "」を視聴しました")],
)
def test_titles_are_found_in_any_language(tmp_path: Path, before: str, after: str) -> None:
    titles = ["The Look", "The Wall", "Theme", "Sing", "Song", "Swing"]
    entries = [watched(1 + n, title=before + t + after) for n, t in enumerate(titles)]
    found = plays_of(_takeout(tmp_path, *entries))
    assert [play.track.title for play in found] == titles


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Watched https://www.youtube.com/watch?v=x", "subtitles": None},
        {"subtitles": []},
        {"subtitles": ["Nina"]},
        {"titleUrl": "https://music.youtube.com/"},
        {"titleUrl": "http://[::1"},
        {"time": "soon"},
        {"title": None},
    ],
)
def test_an_entry_without_its_video_or_time_is_rejected(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    rows = _takeout(tmp_path, watched(1, **changed), watched(2))
    assert [place for place, _ in reasons_of(rows)] == [1]
    assert len(plays_of(rows)) == 1


def test_a_history_as_html_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {TAKEOUT_FILE.replace(".json", ".html"): b"<html>"})
    with pytest.raises(ImportRefused, match="JSON for the history"):
        rows_of(TAKEOUT, path)


def test_another_services_file_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a.txt": b"", "b.txt": b""})
    for form in ImportFormat:
        with pytest.raises(ImportRefused):
            rows_of(form, path)
