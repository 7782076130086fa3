"""Files as the services give them, made small."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.importing.formats import READERS, ImportFormat
from app.importing.rows import PlayRow, Rejected, Row

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SPOTIFY_FOLDER = "Spotify Extended Streaming History"
TAKEOUT_FILE = "Takeout/YouTube and YouTube Music/history/watch-history.json"


def packed(path: Path, files: Mapping[str, Any]) -> Path:
    """A zip of files; what is not bytes is written as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def stream(number: int = 1, **changed: Any) -> dict[str, Any]:
    """As Spotify tells it: ended at 20:03:30 after three and a half minutes."""
    return {
        "ts": f"2024-03-{number:02}T20:03:30Z",
        "platform": "linux",
        "ms_played": 210_400,
        "conn_country": "NL",
        "master_metadata_track_name": f"Song {number}",
        "master_metadata_album_artist_name": "Nina Simone",
        "master_metadata_album_album_name": "Pastel Blues",
        "spotify_track_uri": f"spotify:track:{number:022}",
        "episode_name": None,
        "spotify_episode_uri": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "skipped": False,
        "incognito_mode": False,
        **changed,
    }


def listen(number: int = 1, **changed: Any) -> dict[str, Any]:
    """As ListenBrainz exports it."""
    said = {
        "artist_name": "Nina Simone",
        "track_name": f"Song {number}",
        "release_name": "Pastel Blues",
        "recording_msid": f"{number:08}-0000-4000-8000-000000000000",
        "additional_info": {"duration_ms": 210_400, "submission_client": "navidrome"},
        "mbid_mapping": {"recording_mbid": "11111111-2222-4333-8444-555555555555"},
    }
    return {
        "listened_at": 1_709_323_200.0 + number,
        "inserted_at": 1_709_323_300.25,
        "track_metadata": said | changed,
    }


def watched(number: int = 1, **changed: Any) -> dict[str, Any]:
    """As Google's Takeout tells it."""
    return {
        "header": "YouTube Music",
        "title": f"Watched Song {number}",
        "titleUrl": f"https://music.youtube.com/watch?v=video{number:06}",
        "subtitles": [{"name": "Nina Simone - Topic", "url": "https://www.youtube.com/channel/x"}],
        "time": f"2024-03-{number:02}T20:00:00.123Z",
        "products": ["YouTube"],
        "activityControls": ["YouTube watch history"],
        **changed,
    }


def rows_of(form: ImportFormat, path: Path) -> list[Row]:
    with ExitStack() as stack:
        return [row for part in READERS[form](stack, path, NOW) for row in part.rows]


def plays_of(rows: list[Row]) -> list[PlayRow]:
    return [row for row in rows if isinstance(row, PlayRow)]


def reasons_of(rows: list[Row]) -> Iterator[tuple[int, str]]:
    """Place and reason of what was rejected."""
    return ((row.line, row.reason) for row in rows if isinstance(row, Rejected))
