"""A list as it was computed for one request."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app import catalog
from app.catalog import CatalogTrack
from app.ml.model_slot import LoadedModel
from app.ml.recommender import Floats
from app.ml.vocabulary import Positions
from app.models import ListKind, VideoState
from app.models.columns import utc_now

Ranked = list[tuple[int, float]]
"""Ids of tracks with their scores, best first."""


@dataclass(frozen=True, slots=True)
class ServedTrack:
    position: int
    """1 for the first."""
    score: float
    track: CatalogTrack


@dataclass(frozen=True, slots=True)
class ServedList:
    """A list with its id (UUID), the model's version (None: popularity) and its time."""

    id: str
    kind: ListKind
    user_id: int
    model_version: int | None
    served_at: datetime
    items: list[ServedTrack]
    discovery: float | None = None
    """The dial that it was asked for with."""


def ranked(model: LoadedModel, positions: Positions, scores: Floats) -> Ranked:
    """The model's tracks at these positions, with their scores."""
    return [(int(model.tracks.ids[at]), float(scores[at])) for at in positions]


def served(
    session: Session,
    kind: ListKind,
    user_id: int,
    model: LoadedModel | None,
    chosen: Sequence[tuple[int, float]],
    discovery: float | None = None,
) -> ServedList:
    """The list of these tracks, those known to have no video last, scores as they are.

    One that is no more in the catalogue leaves no gap.
    """
    tracks = catalog.tracks_by_id(session, [track_id for track_id, _ in chosen])
    found = [
        (score, track)
        for (_, score), track in zip(chosen, tracks, strict=True)
        if track is not None
    ]
    found.sort(key=lambda pair: pair[1].video_state is VideoState.MISSING)
    items = [ServedTrack(n, score, track) for n, (score, track) in enumerate(found, start=1)]
    version = model.version if model else None
    return ServedList(str(uuid.uuid4()), kind, user_id, version, utc_now(), items, discovery)
