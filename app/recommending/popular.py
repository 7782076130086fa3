"""Lists without a model: the best known tracks."""

from collections import Counter
from collections.abc import Collection

from sqlmodel import Session

from app import catalog
from app.catalog import CatalogTrack
from app.listening import UserHistory
from app.recommending.dials import Dials
from app.recommending.served import Ranked
from app.recommending.taste import is_known


def popular(session: Session, heard: UserHistory, dials: Dials) -> Ranked:
    """The best known tracks that were not heard, each artist capped."""
    known = heard.track_ids[is_known(heard) | (heard.feedback < 0)]
    refused: Collection[int] = {*known.tolist(), *dials.exclude}
    depth = len(refused) + dials.first
    while True:
        found = catalog.popular_tracks(session, depth)
        fitting = _capped([track for track in found if track.id not in refused], dials)
        if len(fitting) >= dials.first or len(found) < depth:
            return [(track.id, float(track.listener_count)) for track in fitting[: dials.first]]
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
