"""Lists without a model: the best known tracks."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app import catalog
from app.catalog import CatalogTrack
from app.listening import UserHistory
from app.ml.diversity import diversified
from app.recommending.dials import POOL, Dials
from app.recommending.served import Ranked
from app.recommending.taste import is_known

_SAME_ARTIST, _SAME_GENRE = 1.0, 0.5
"""How alike tracks are where no model knows better."""


def popular(session: Session, heard: UserHistory, dials: Dials) -> Ranked:
    """The best known tracks that were not heard, each artist capped."""
    wanted = dials.first * (POOL if dials.diversity else 1)
    known = heard.track_ids[is_known(heard) | (heard.feedback < 0)]
    refused, unwanted = {*known.tolist(), *dials.exclude}, set(dials.exclude_artists)
    depth = len(refused) + wanted
    while True:
        found = catalog.popular_tracks(session, depth)
        left = [track for track in found if track.id not in refused]
        left = [track for track in left if track.artist_id not in unwanted]
        fitting = _capped(left, dials)[:wanted]
        if len(fitting) >= wanted or len(found) < depth:
            return [(track.id, float(track.listener_count)) for track in _varied(fitting, dials)]
        depth *= 4


def _capped(tracks: list[CatalogTrack], dials: Dials) -> list[CatalogTrack]:
    if dials.max_per_artist is None:
        return tracks
    taken: Counter[int] = Counter()
    kept = []
    for track in tracks:
        taken[track.artist_id] += 1
        if taken[track.artist_id] <= dials.max_per_artist:
            kept.append(track)
    return kept


def _varied(tracks: list[CatalogTrack], dials: Dials) -> list[CatalogTrack]:
    if not dials.diversity:
        return tracks
    known = np.array([track.listener_count for track in tracks], np.float32)
    rows = diversified(known, _likeness(tracks), dials.first, dials.diversity)
    return [tracks[row] for row in rows]


def _likeness(tracks: list[CatalogTrack]) -> NDArray[np.float32]:
    artists = np.array([track.artist_id for track in tracks])
    genres = np.array([track.genre or "" for track in tracks])
    akin = (genres[:, None] == genres) & (genres != "")
    likeness = np.where(akin, _SAME_GENRE, 0.0)
    likeness[artists[:, None] == artists] = _SAME_ARTIST
    return likeness.astype(np.float32)
