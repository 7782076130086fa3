"""Use-cases: recommend, similar, explain. Always folded in, never computed beforehand."""

from app.recommending.cursor import Cursor, Seed, SeedKind
from app.recommending.dials import MAX_FIRST, Dials
from app.recommending.mixes import Mix, mixes
from app.recommending.personal import recommend
from app.recommending.radio import Radio, radio
from app.recommending.reasons import (
    Explanation,
    Reason,
    explanation,
    explanations_of,
    reasons,
    reasons_of,
)
from app.recommending.served import ServedList, ServedTrack
from app.recommending.similar import similar_tracks
from app.recommending.similar_artists import SimilarArtist, similar_artists
from app.recommending.starting import (
    artists_to_start_with,
    picked_artists,
    picks_of,
    start_with,
)
from app.recommending.supposing import Supposed, suppose_forgotten
from app.recommending.taste import history_in, is_known
from app.recommending.unmet import by_unmet_artists

__all__ = [
    "MAX_FIRST",
    "Cursor",
    "Dials",
    "Explanation",
    "Mix",
    "Radio",
    "Reason",
    "Seed",
    "SeedKind",
    "ServedList",
    "ServedTrack",
    "SimilarArtist",
    "Supposed",
    "artists_to_start_with",
    "by_unmet_artists",
    "explanation",
    "explanations_of",
    "history_in",
    "is_known",
    "mixes",
    "picked_artists",
    "picks_of",
    "radio",
    "reasons",
    "reasons_of",
    "recommend",
    "similar_artists",
    "similar_tracks",
    "start_with",
    "suppose_forgotten",
]
