"""The shelves of the home page: near the last listen, artists not yet met, now popular, recent."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app import catalog, listening, recommending
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.served_log import ServedLog
from app.web.lists import Item, plain_items, served_items

_RECENT = 6
_SHELF = 12
_LEAST = 4
"""A shelf with fewer tracks says nothing."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: everything in it comes from the same model."""

    session: Session
    model: LoadedModel | None
    served_log: ServedLog
    user_id: int
    chart: Sequence[int]
    """Ids of the tracks most played lately, most first."""
    heard: UserHistory
    """Read once: every shelf asks it, and it may be long."""


@dataclass(frozen=True, slots=True)
class Because:
    """Tracks near what was listened to last and not turned down."""

    source: Item
    items: list[Item]
    by_model: bool
    """Near by who listens to both; by artist and genre otherwise."""


def shelves(asking: Asking, above: Sequence[int]) -> dict[str, object]:
    """All of them; `above` are ids of the tracks that the page lists before."""
    ids = listening.recent_track_ids(asking.session, asking.user_id, _RECENT)
    recent = _plain(asking, ids)
    liked = next((item for item in recent if not item.disliked), None)
    return {
        "because": _because(asking, liked) if liked else None,
        "unmet": _unmet(asking, above),
        "popular": _popular(asking),
        "recent": recent,
    }


def _because(asking: Asking, source: Item) -> Because:
    session, model, track_id, heard = asking.session, asking.model, source.track.id, asking.heard
    user_id = asking.user_id
    served = recommending.similar_tracks(session, model, user_id, track_id, _SHELF, heard)
    asking.served_log.put(served)
    items = served_items(session, served, heard=heard)
    return Because(source, items, knows(model, track_id))


def _unmet(asking: Asking, above: Sequence[int]) -> list[Item]:
    served = recommending.by_unmet_artists(
        asking.session, asking.model, asking.user_id, _SHELF, above, asking.heard
    )
    if served is None or len(served.items) < _LEAST:
        return []
    asking.served_log.put(served)
    return served_items(asking.session, served, heard=asking.heard)


def _popular(asking: Asking) -> list[Item]:
    liked = [item for item in _plain(asking, asking.chart) if not item.disliked]
    return liked[:_SHELF] if len(liked) >= _LEAST else []


def _plain(asking: Asking, track_ids: Sequence[int]) -> list[Item]:
    tracks = catalog.tracks_by_id(asking.session, track_ids)
    return plain_items(asking.session, asking.user_id, tracks, asking.heard)


def knows(model: LoadedModel | None, track_id: int) -> bool:
    """Whether the model has seen the track; its likenesses come from elsewhere otherwise."""
    return model is not None and model.has_met(track_id)
