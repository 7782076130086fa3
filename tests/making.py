"""Rows made by hand, as the use-cases and the importer would leave them."""

from typing import Any

from sqlmodel import Session, col, select

from app import catalog
from app.importing.identity import artist_key
from app.models import Artist, Track, User
from app.models.columns import id_of


def user(session: Session, name: str = "ann") -> int:
    """A listener without a password; hashing one takes its time."""
    row = User(name=name, name_key=name.casefold())
    session.add(row)
    session.flush()
    return id_of(row)


def track(session: Session, title: str, artist: str = "Nina Simone", **fields: Any) -> int:
    """A track; its artist is made where there is none of that name."""
    row = Track(
        title=title,
        artist_id=_artist(session, artist),
        search_key=catalog.search_key(title, artist),
        **fields,
    )
    session.add(row)
    session.flush()
    return id_of(row)


def tracks(session: Session, count: int, artist: str = "Nina Simone", **fields: Any) -> list[int]:
    """Tracks of one artist, the better known first."""
    return [
        track(session, f"Song {number}", artist, listener_count=count - number, **fields)
        for number in range(count)
    ]


def _artist(session: Session, name: str) -> int:
    key = artist_key(name)
    row = session.exec(select(Artist).where(col(Artist.name_key) == key)).first()
    if row is None:
        row = Artist(name=name, name_key=key)
        session.add(row)
        session.flush()
    return id_of(row)
