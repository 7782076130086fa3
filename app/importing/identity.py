"""Who is who: (source, its id there) → our id, held in memory for one import."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.accounts import MAX_NAME, name_key
from app.models import Artist, ExternalId, ExternalKind, User
from app.models.catalog import MAX_KEY
from app.models.columns import id_of, utc_now
from app.text import normalise

EXTERNAL_IDS: Table = ExternalId.__table__  # type: ignore[attr-defined]
ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
USERS: Table = User.__table__  # type: ignore[attr-defined]


def known_ids(session: Session, source: str, kind: ExternalKind) -> dict[str, int]:
    """All that the source's earlier imports have brought."""
    columns = EXTERNAL_IDS.c
    rows = session.connection().execute(
        select_columns(columns.external_id, columns.our_id).where(
            columns.source == source, columns.kind == kind
        )
    )
    return {row.external_id: row.our_id for row in rows}


def remember(
    session: Session, source: str, kind: ExternalKind, pairs: Iterable[tuple[str, int]]
) -> None:
    rows = [
        {"source": source, "kind": kind, "external_id": external, "our_id": ours}
        for external, ours in pairs
    ]
    if rows:
        session.connection().execute(EXTERNAL_IDS.insert(), rows)


def artist_ids(session: Session, names: Sequence[str], known: dict[str, int]) -> dict[str, int]:
    """Our id of each name; artists whose normalised names agree are one. Fills `known` (key → id).

    Artists that are new are added.
    """
    keys = {name: artist_key(name) for name in names}
    wanted = {key: name for name, key in reversed(keys.items()) if key not in known}
    known.update(_artists_by_key(session, list(wanted)))
    new = [Artist(name=name, name_key=key) for key, name in wanted.items() if key not in known]
    session.add_all(new)
    session.flush()
    known.update({artist.name_key: id_of(artist) for artist in new})
    return {name: known[key] for name, key in keys.items()}


def add_listeners(session: Session, source: str, externals: Sequence[str]) -> dict[str, int]:
    """Listeners without a password, named after the source and their id there."""
    names = {external: _listener_name(source, external) for external in externals}
    taken = set(
        session.exec(
            select(User.name_key).where(col(User.name_key).in_(map(name_key, names.values())))
        )
    )
    users = {}
    for external, name in names.items():
        free = _digested(name) if name_key(name) in taken else name
        users[external] = User(name=free, name_key=name_key(free), created_at=utc_now())
    session.add_all(users.values())
    session.flush()
    ids = {external: id_of(user) for external, user in users.items()}
    remember(session, source, ExternalKind.USER, ids.items())
    return ids


def artist_key(name: str) -> str:
    """The normalised name; a longer one than the column holds ends in its digest."""
    key = normalise(name)
    if len(key) <= MAX_KEY:
        return key
    return key[: MAX_KEY - 33] + " " + hashlib.sha256(key.encode()).hexdigest()[:32]


def _artists_by_key(session: Session, keys: list[str]) -> dict[str, int]:
    columns = ARTISTS.c
    statement = select_columns(columns.name_key, columns.id).where(columns.name_key.in_(keys))
    rows: Any = session.connection().execute(statement.order_by(columns.id.desc()))
    return {row.name_key: row.id for row in rows}


def _listener_name(source: str, external: str) -> str:
    name = f"{source}-{external}"
    name = name if name.isprintable() else ascii(name).strip("'")
    return name if len(name) <= MAX_NAME else _digested(name)


def _digested(name: str) -> str:
    return f"{name[: MAX_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
