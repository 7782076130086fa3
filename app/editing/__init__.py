"""Use-cases of administrators: correct tracks and artists, merge what is one, take it back."""

from app.editing.audit import edits_of
from app.editing.correcting import Correction, edit_track, rename_artist
from app.editing.merging import merge_artist, merge_track, separate_track

__all__ = [
    "Correction",
    "edit_track",
    "edits_of",
    "merge_artist",
    "merge_track",
    "rename_artist",
    "separate_track",
]
