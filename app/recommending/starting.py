"""A new listener: which artists to ask for, and what they answered."""

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

import numpy as np
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from app import catalog
from app.catalog import CatalogArtist
from app.errors import ArtistNotFound
from app.errors.invalid import too_many
from app.ml.cold_start import nearest_artists, tracks_of_picks
from app.ml.model_slot import NOBODY, LoadedModel
from app.ml.recommender import History
from app.models import Artist, ArtistPick
from app.recommending.dials import check_first

MAX_PICKS = 50
"""Artists that one listener can start with."""


def artists_to_start_with(
    session: Session, model: LoadedModel | None, first: int = 24, picked: Sequence[int] = ()
) -> list[CatalogArtist]:
    """Artists to choose from: those picked, then by turns their neighbours and telling ones.

    Without a model the best known. Raises InvalidInput.
    """
    check_first(first)
    _check_count("picked", picked)
    telling = model.starters.tolist() if model else []
    near = _near(model, picked, first) if model and picked else []
    wanted = max(first, len(picked))
    ids = list(dict.fromkeys(chain(picked, _by_turns(near, telling))))[:wanted]
    there = [one for one in catalog.artists_led_to(session, ids) if one is not None]
    found = {one.id: one for one in there}
    if len(found) < wanted:  # the whole catalogue is summed for it
        others = catalog.search_artists(session, None, wanted + len(found))
        found |= {one.id: one for one in others if one.id not in found}
    return list(found.values())[:wanted]


def start_with(session: Session, user_id: int, artist_ids: Sequence[int]) -> list[CatalogArtist]:
    """Put these in the place of all artists picked before; none takes the picks back.

    Raises InvalidInput for too many, ArtistNotFound, and changes nothing then.
    """
    _check_count("artistIds", artist_ids)
    wanted = list(dict.fromkeys(artist_ids))
    found = catalog.artists_by_id(session, wanted)
    for artist_id, artist in zip(wanted, found, strict=True):
        if artist is None:
            raise ArtistNotFound(artist_id)
    session.connection().execute(delete(ArtistPick).where(col(ArtistPick.user_id) == user_id))
    session.add_all(ArtistPick(user_id=user_id, artist_id=artist_id) for artist_id in wanted)
    session.flush()
    return [artist for artist in found if artist is not None]


def picked_artists(session: Session, user_id: int) -> list[CatalogArtist]:
    """The artists that the listener started with."""
    found = catalog.artists_by_id(session, picks_of(session, user_id))
    return [artist for artist in found if artist is not None]


def picks_of(session: Session, user_id: int) -> list[int]:
    """Ids of the artists that the listener started with, as they are kept by now."""
    kept = func.coalesce(Artist.merged_into_id, Artist.id)
    statement = select(kept).join(ArtistPick).where(ArtistPick.user_id == user_id)
    return sorted(set(session.exec(statement)))


def _near(model: LoadedModel, picked: Sequence[int], first: int) -> list[int]:
    """Artists whom those like who like the picked ones, best first."""
    tracks = tracks_of_picks(np.array(picked, np.int64), model.artist_ids, model.popularity)
    if not len(tracks):
        return []
    scores = model.ranker.scores(History(tracks, np.ones(len(tracks), np.float32)))
    near = nearest_artists(scores, model.artist_ids)[: first + len(picked)]
    return [int(artist) for artist in near if artist != NOBODY]


def _by_turns(near: Iterable[int], telling: Iterable[int]) -> list[int]:
    pairs = chain.from_iterable(zip_longest(near, telling))
    return [artist_id for artist_id in pairs if artist_id is not None]


def _check_count(field: str, artist_ids: Sequence[int]) -> None:
    if len(artist_ids) > MAX_PICKS:
        raise too_many(field, len(artist_ids), MAX_PICKS)
