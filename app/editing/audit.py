"""Who did what to the catalogue, and the turn in which it is done."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.errors import ArtistNotFound, TrackNotFound
from app.models import Artist, CatalogueEdit, EditKind, ExternalKind, Track
from app.turns import CATALOGUE, take_turn


def held_track(session: Session, track_id: int) -> Track:
    """The track, for this transaction alone; nobody records a listen of it meanwhile.

    Raises TrackNotFound.
    """
    take_turn(session, CATALOGUE)
    row = session.exec(select(Track).where(col(Track.id) == track_id).with_for_update()).first()
    if row is None:
        raise TrackNotFound(track_id)
    return row


def held_artist(session: Session, artist_id: int) -> Artist:
    """As `held_track`. Raises ArtistNotFound."""
    take_turn(session, CATALOGUE)
    row = session.exec(select(Artist).where(col(Artist.id) == artist_id).with_for_update()).first()
    if row is None:
        raise ArtistNotFound(artist_id)
    return row


def write_down(
    session: Session,
    kind: EditKind,
    thing: tuple[ExternalKind, int],
    by: str,
    details: Mapping[str, Any],
    other_id: int | None = None,
) -> None:
    what, our_id = thing
    row = CatalogueEdit(
        kind=kind, thing=what, our_id=our_id, other_id=other_id, details=dict(details), edited_by=by
    )
    session.add(row)
    session.flush()
