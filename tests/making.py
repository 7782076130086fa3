"""Rows made by hand, as the use-cases and the importer would leave them."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from app import catalog, training
from app.importing.identity import artist_key
from app.models import Artist, DriftWatch, RecordPause, Track, User
from app.models.columns import id_of

WATCHED_AT = datetime(2026, 3, 1, 3, tzinfo=UTC)


def user(session: Session, name: str = "ann") -> int:
    """A listener without a password; hashing one takes its time."""
    row = User(name=name, name_key=name.casefold())
    session.add(row)
    session.flush()
    return id_of(row)


def pause(session: Session, user_id: int, began: datetime, ended: datetime) -> None:
    """A pause of the record that is over."""
    session.add(RecordPause(user_id=user_id, began_at=began, ended_at=ended))
    session.flush()


def track(session: Session, title: str, artist: str = "Nina Simone", **fields: Any) -> int:
    """A track; its artist is made where there is none of that name."""
    [number] = _made(session, artist, [{"title": title, **fields}])
    return number


def tracks(session: Session, count: int, artist: str = "Nina Simone", **fields: Any) -> list[int]:
    """Tracks of one artist, the better known first."""
    titles = [(f"Song {number}", count - number) for number in range(count)]
    known = [{"title": title, "listener_count": many, **fields} for title, many in titles]
    return _made(session, artist, known)


def drift_watch(session: Session) -> DriftWatch:
    """What a watch found of the champion: one signal drifted, one had nothing to compare with."""
    champion = training.champion(session)
    assert champion is not None
    signals = {
        "ndcg": {"value": 0.2, "before": 0.3, "listeners": 40, "drifted": True},
        "click_through": {"value": 0.1, "before": None, "listeners": 40, "drifted": False},
    }
    return DriftWatch(version=champion.version, signals=signals, watched_at=WATCHED_AT)


def _made(session: Session, artist: str, tracks: list[dict[str, Any]]) -> list[int]:
    number = _artist(session, artist)
    rows = [
        Track(artist_id=number, search_key=catalog.search_key(one["title"], artist), **one)
        for one in tracks
    ]
    session.add_all(rows)
    session.flush()
    return [id_of(row) for row in rows]


def _artist(session: Session, name: str) -> int:
    key = artist_key(name)
    row = session.exec(select(Artist).where(col(Artist.name_key) == key)).first()
    if row is None:
        row = Artist(name=name, name_key=key)
        session.add(row)
        session.flush()
    return id_of(row)
