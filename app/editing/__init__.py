"""Use-cases of administrators: correct tracks and artists, merge what is one, split what is not."""

from app.editing.artists import merge_artist, separate_artist, split_artist
from app.editing.correcting import Correction, edit_track, rename_artist
from app.editing.merging import merge_track, separate_track
from app.editing.origins import Origin, origins_of
from app.editing.record import (
    Edit,
    Following,
    artists_merged_into,
    count_edits,
    edits,
    edits_of,
    merged_into,
    what_follows,
)
from app.editing.splitting import Split, split_track, would_split

__all__ = [
    "Correction",
    "Edit",
    "Following",
    "Origin",
    "Split",
    "artists_merged_into",
    "count_edits",
    "edit_track",
    "edits",
    "edits_of",
    "merge_artist",
    "merge_track",
    "merged_into",
    "origins_of",
    "rename_artist",
    "separate_artist",
    "separate_track",
    "split_artist",
    "split_track",
    "what_follows",
    "would_split",
]
