"""Use-cases of administrators: correct tracks and artists, merge what is one, split what is not."""

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
from app.editing.splitting import Brought, brought_by, split_track

__all__ = [
    "Brought",
    "Correction",
    "Edit",
    "Following",
    "brought_by",
    "count_edits",
    "edit_track",
    "edits",
    "edits_of",
    "merge_artist",
    "merge_track",
    "merged_into",
    "rename_artist",
    "separate_track",
    "split_track",
    "what_follows",
]
