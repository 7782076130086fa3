"""Artists near one artist: those of the tracks nearest to the artist's best known ones."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app import catalog
from app.catalog import CatalogArtist
from app.ml.model_slot import LoadedModel
from app.models import Track
from app.recommending.dials import check_first

_SEEDS = 5
"""Of the artist's tracks; their mean speaks for the artist, and more of them change little."""


@dataclass(frozen=True, slots=True)
class SimilarArtist:
    score: float
    """Of their nearest track."""
    artist: CatalogArtist


def similar_artists(
    session: Session, model: LoadedModel | None, artist_id: int, first: int = 20
) -> list[SimilarArtist]:
    """Nearest first; those of the artist's genres where the model does not know their tracks.

    Raises InvalidInput, ArtistNotFound.
    """
    check_first(first)
    artist = catalog.artist(session, artist_id)
    near = _near(model, artist.id, first) if model else {}
    if not near:
        near = dict.fromkeys(_of_the_genres(session, artist.id, first), 0.0)
    artists = catalog.artists_by_id(session, list(near))
    pairs = zip(near.values(), artists, strict=True)
    return [SimilarArtist(score, found) for score, found in pairs if found is not None]


def _near(model: LoadedModel, artist_id: int, first: int) -> dict[int, float]:
    """Score by artist, the greatest first: the mean of how near a track is to the seeds."""
    own = np.flatnonzero(model.artist_ids == artist_id)
    if not len(own):
        return {}
    seeds = own[np.argsort(-model.popularity[own], kind="stable")][:_SEEDS]
    scores = np.mean([model.ranker.similar(int(seed)) for seed in seeds], axis=0)
    best = model.best(scores, first, own, max_per_artist=1)
    return {int(model.artist_ids[at]): float(scores[at]) for at in best if scores[at] > 0}


def _of_the_genres(session: Session, artist_id: int, first: int) -> list[int]:
    """Without a model: artists with tracks of the artist's genres, best known first."""
    genres = select_columns(col(Track.genre)).where(
        col(Track.artist_id) == artist_id, col(Track.genre).is_not(None)
    )
    statement = (
        select_columns(col(Track.artist_id))
        .where(col(Track.genre).in_(genres), col(Track.artist_id) != artist_id)
        .where(col(Track.merged_into_id).is_(None))
        .group_by(col(Track.artist_id))
        .order_by(func.sum(Track.listener_count).desc(), col(Track.artist_id))
        .limit(first)
    )
    return list(session.connection().execute(statement).scalars())
