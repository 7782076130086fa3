"""The formats that can be imported, and what each is."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.importing import csv_files, listenbrainz, spotify, takeout, taste_profile
from app.importing.rows import Part


class ImportFormat(StrEnum):
    CSV = "csv"
    TASTE_PROFILE = "taste-profile"
    SPOTIFY = "spotify"
    LISTENBRAINZ = "listenbrainz"
    TAKEOUT = "takeout"


OpenParts = Callable[[ExitStack, Path, datetime], list[Part]]
"""Raises ImportRefused before anything is read but headers."""

READERS: dict[ImportFormat, OpenParts] = {
    ImportFormat.CSV: csv_files.open_parts,
    ImportFormat.TASTE_PROFILE: taste_profile.open_parts,
    ImportFormat.SPOTIFY: spotify.open_parts,
    ImportFormat.LISTENBRAINZ: listenbrainz.open_parts,
    ImportFormat.TAKEOUT: takeout.open_parts,
}
SOURCES = {
    ImportFormat.TASTE_PROFILE: taste_profile.SOURCE,
    ImportFormat.SPOTIFY: spotify.SOURCE,
    ImportFormat.LISTENBRAINZ: listenbrainz.SOURCE,
    ImportFormat.TAKEOUT: takeout.SOURCE,
}
"""Whose ids a format holds; in PyTune's own those of whoever wrote the files."""
HISTORIES = {ImportFormat.SPOTIFY, ImportFormat.LISTENBRAINZ, ImportFormat.TAKEOUT}
"""Formats of one listener's own history, which names no listener."""
