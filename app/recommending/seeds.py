"""The tracks that a radio starts from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, select

from app import catalog, playlists
from app.catalog import CatalogTrack
from app.errors import ListNotFound
from app.models import Prediction
from app.recommending.cursor import Cursor, SeedKind

MOST_SEEDS = 50


@dataclass(frozen=True, slots=True)
class Seeds:
    tracks: list[CatalogTrack]
    own: Sequence[int] = ()
    """Ids of tracks that the radio leads away from."""


def seeds_of(session: Session, user_id: int, cursor: Cursor) -> Seeds:
    """At most MOST_SEEDS; of a longer playlist some are drawn, the same for the whole radio.

    Raises TrackNotFound, ArtistNotFound, PlaylistNotFound, ListNotFound.
    """
    key = cursor.seed.key
    if cursor.seed.kind is SeedKind.ARTIST:
        artist = catalog.artist(session, int(key))
        return Seeds(catalog.tracks_of_artist(session, artist.id, MOST_SEEDS))
    if cursor.seed.kind is SeedKind.TRACK:
        track = catalog.track(session, int(key))
        return Seeds([track], [track.id])
    if cursor.seed.kind is SeedKind.LIST:
        ids = _served(session, user_id, str(key))
        return Seeds(_tracks(session, ids[:MOST_SEEDS]), ids)
    playlist = playlists.playlist(session, user_id, int(key))
    ids = list(dict.fromkeys(playlists.track_ids(session, playlist.id)))
    return Seeds(_tracks(session, _drawn(ids, cursor.nonce)), ids)


def _served(session: Session, user_id: int, list_id: str) -> list[int]:
    statement = select(Prediction.items).where(
        Prediction.list_id == list_id, Prediction.user_id == user_id
    )
    items = session.exec(statement).first()
    if items is None:
        raise ListNotFound(list_id)
    return [track_id for track_id, _ in items]


def _drawn(ids: list[int], nonce: int) -> list[int]:
    drawn: list[int] = np.random.default_rng(nonce).permutation(ids)[:MOST_SEEDS].tolist()
    return drawn


def _tracks(session: Session, ids: list[int]) -> list[CatalogTrack]:
    return [track for track in catalog.tracks_by_id(session, ids) if track is not None]
