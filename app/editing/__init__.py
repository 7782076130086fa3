"""Use-cases of administrators: correct tracks and artists, merge what is one, take it back."""

from app.editing.correcting import Correction, edit_track, rename_artist
from app.editing.merging import merge_artist, merge_track, separate_track
from app.editing.record import (
    Edit,
    Following,
    count_edits,
    edits,
    edits_of,
    merged_into,
    what_follows,
)

__all__ = [
    "Correction",
    "Edit",
    "Following",
    "count_edits",
    "edit_track",
    "edits",
    "edits_of",
    "merge_artist",
    "merge_track",
    "merged_into",
    "rename_artist",
    "separate_track",
    "what_follows",
]
