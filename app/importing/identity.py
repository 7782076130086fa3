"""Who is who: (source, its id there) → our id, held in memory for one import."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Table, bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.accounts import MAX_NAME, name_key
from app.importing.rows import TrackRow
from app.models import Artist, ExternalId, ExternalKind, Role, User
from app.models.catalog import MAX_KEY
from app.models.columns import utc_now
from app.text import normalise
from app.writes import insert_missing, insert_numbered

EXTERNAL_IDS: Table = ExternalId.__table__  # type: ignore[attr-defined]
ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
USERS: Table = User.__table__  # type: ignore[attr-defined]
_CHUNK = 10_000


@dataclass(slots=True)
class Ids:
    """Our ids of one source's tracks and users by theirs, and of artists by normalised name.

    What a transaction adds is learnt once it is committed: one that is repeated adds anew.
    """

    tracks: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    artists: dict[str, int] = field(default_factory=dict)
    borrowed: set[int] = field(default_factory=set)
    """Tracks that another source has brought: this one may add to them, not change them."""
    numbers: dict[str, int] = field(default_factory=dict)
    """What the source calls a track → the number of that id, by which its listens come."""
    nameless: set[str] = field(default_factory=set)
    """Ids of which nobody wrote down what they were called."""

    @classmethod
    def of(cls, session: Session, source: str) -> Self:
        """All that the source's earlier imports have brought."""
        known = cls()
        for row in _known(session, source, ExternalKind.TRACK):
            known.tracks[row.external_id] = row.our_id
            known.numbers[row.external_id] = row.id
            if row.matched:
                known.borrowed.add(row.our_id)
            if row.title is None:
                known.nameless.add(row.external_id)
        users = _known(session, source, ExternalKind.USER)
        known.users = {row.external_id: row.our_id for row in users}
        return known

    def learn(self, new: "Ids") -> None:
        self.tracks.update(new.tracks)
        self.users.update(new.users)
        self.artists.update(new.artists)
        self.borrowed.update(new.borrowed)
        self.numbers.update(new.numbers)


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose ids they are, and the import that brings them."""

    source: str
    import_id: int | None = None


def remember(
    session: Session,
    origin: Origin,
    kind: ExternalKind,
    ids: Mapping[str, int],
    *,
    matched: bool = False,
    rows: Mapping[str, TrackRow] | None = None,
) -> dict[str, int]:
    """The numbers that the ids get. `matched` where the things were there before, brought by
    somebody else; `rows` say what tracks are called there.
    """
    named = rows or {}
    values = [
        _row((origin.source, kind, external), ours, origin.import_id, named.get(external), matched)
        for external, ours in ids.items()
    ]
    return dict(zip(ids, insert_numbered(session, EXTERNAL_IDS, values), strict=True))


def remember_elsewhere(
    session: Session, import_id: int | None, rows: Iterable[tuple[TrackRow, int]]
) -> None:
    """What other catalogues call the tracks of these rows, each with ours; a known id stays."""
    values = [
        _row((source, ExternalKind.TRACK, external), ours, import_id, row, matched=True)
        for row, ours in rows
        for source, external in row.also
    ]
    insert_missing(session, EXTERNAL_IDS, values)


def name_ids(session: Session, source: str, rows: Mapping[str, TrackRow]) -> None:
    """Write down what the source calls these, where nobody has."""
    columns = EXTERNAL_IDS.c
    named = (
        EXTERNAL_IDS.update()
        .where(
            columns.source == source,
            columns.kind == ExternalKind.TRACK,
            columns.external_id == bindparam("this"),
        )
        .values(title=bindparam("called"), artist=bindparam("by"))
    )
    values = [{"this": each, "called": row.title, "by": row.artist} for each, row in rows.items()]
    if values:
        session.connection().execute(named, values)


def _row(
    what: tuple[str, ExternalKind, str],
    our_id: int,
    import_id: int | None,
    row: TrackRow | None,
    matched: bool,  # noqa: FBT001  a column, as the others are
) -> dict[str, Any]:
    source, kind, external = what
    return {
        "source": source,
        "kind": kind,
        "external_id": external,
        "our_id": our_id,
        "import_id": import_id,
        "matched": matched,
        "title": row and row.title,
        "artist": row and row.artist,
    }


def artists_by_key(
    session: Session, names: Iterable[str], known: Mapping[str, int]
) -> dict[str, int]:
    """Our ids of artists that are not `known` yet; who is new is added under the first name."""
    wanted: dict[str, str] = {}
    for name in names:
        key = artist_key(name)
        if key not in known:
            wanted.setdefault(key, name)
    found = _artists_by_key(session, list(wanted))
    new = [key for key in wanted if key not in found]
    now = utc_now()
    rows = [{"name": wanted[key], "name_key": key, "created_at": now} for key in new]
    return found | dict(zip(new, insert_numbered(session, ARTISTS, rows), strict=True))


def names_of_kept(session: Session) -> dict[str, str]:
    """What artists who were merged away are called → the name of the one that is kept."""
    kept = ARTISTS.alias()
    names = select_columns(ARTISTS.c.name_key, kept.c.name).join_from(
        ARTISTS, kept, kept.c.id == ARTISTS.c.merged_into_id
    )
    return {row[0]: row[1] for row in session.connection().execute(names)}


def add_listeners(session: Session, origin: Origin, externals: Sequence[str]) -> dict[str, int]:
    """Listeners without a password, named after the source and their id there."""
    names = [_listener_name(origin.source, external) for external in externals]
    taken = _taken(session, [name_key(name) for name in names])
    rows = []
    for name in names:
        # "aB" and "Ab" are two listeners there, and one name here.
        free = _digested(name) if name_key(name) in taken else name
        taken.add(name_key(free))
        rows.append(_listener(free))
    ids = dict(zip(externals, insert_numbered(session, USERS, rows), strict=True))
    remember(session, origin, ExternalKind.USER, ids)
    return ids


def artist_key(name: str) -> str:
    """The normalised name; a longer one than the column holds ends in its digest."""
    key = normalise(name)
    if len(key) <= MAX_KEY:
        return key
    return key[: MAX_KEY - 33] + " " + hashlib.sha256(key.encode()).hexdigest()[:32]


def _known(session: Session, source: str, kind: ExternalKind) -> Iterator[Any]:
    columns = EXTERNAL_IDS.c
    wanted = (columns.id, columns.external_id, columns.our_id, columns.matched, columns.title)
    statement = select_columns(*wanted).where(columns.source == source, columns.kind == kind)
    yield from session.connection().execute(statement.execution_options(yield_per=_CHUNK))


def _taken(session: Session, keys: list[str]) -> set[str]:
    return set(session.exec(select(User.name_key).where(col(User.name_key).in_(keys))))


def _listener(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "name_key": name_key(name),
        "role": Role.LISTENER,
        "created_at": utc_now(),
    }


def _artists_by_key(session: Session, keys: list[str]) -> dict[str, int]:
    columns = ARTISTS.c
    kept = func.coalesce(columns.merged_into_id, columns.id).label("id")
    statement = select_columns(columns.name_key, kept).where(columns.name_key.in_(keys))
    rows: Any = session.connection().execute(statement.order_by(columns.id.desc()))
    return {row.name_key: row.id for row in rows}


def _listener_name(source: str, external: str) -> str:
    name = f"{source}-{external}"
    name = name if name.isprintable() else ascii(name).strip("'")
    return name if len(name) <= MAX_NAME else _digested(name)


def _digested(name: str) -> str:
    return f"{name[: MAX_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
