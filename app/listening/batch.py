"""Record many listens in one transaction, with the outcome of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.errors import InvalidInput, PyTuneError, TrackNotFound
from app.errors.invalid import too_many
from app.listening.checking import Listen, checked
from app.listening.pausing import Pauses, held_pauses
from app.listening.recording import Outcome, event_row
from app.listening.tables import EVENTS, USER_ITEMS, add_sums
from app.models import EventKind, Track
from app.models.columns import utc_now
from app.writes import insert_all, insert_missing, upsert

_EVENT = EVENTS.insert()

MAX_BATCH = 100
"""Listens of one call: others wait no longer for their turn than for a few single ones."""


def record_listens(
    session: Session, user_id: int, listens: Sequence[Listen]
) -> list[Outcome | PyTuneError]:
    """Record listens, the good ones among them all or none; what became of each, in order.

    One that cannot be kept is answered with InvalidInput or TrackNotFound and stops no other.
    Raises InvalidInput where there are too many.
    """
    if len(listens) > MAX_BATCH:
        raise too_many("listens", len(listens), MAX_BATCH)
    pauses = held_pauses(session, user_id)
    looked_at = _of_kept_tracks(session, [_checked(listen) for listen in listens])
    good = [listen for listen in looked_at if isinstance(listen, Listen)]
    paused = any(_covers(pauses, listen) for listen in good)
    if good and not paused and insert_all(session, _EVENT, _rows(user_id, good)):
        _add(session, user_id, good)
        return [one if isinstance(one, PyTuneError) else Outcome.NEW for one in looked_at]
    return _one_by_one(session, user_id, looked_at, pauses)


def _one_by_one(
    session: Session, user_id: int, looked_at: list[Listen | PyTuneError], pauses: Pauses
) -> list[Outcome | PyTuneError]:
    """Where not all of them are new or to be kept, or not all their tracks are there."""
    listens = _with_tracks(session, looked_at)
    good = [listen for listen in listens if isinstance(listen, Listen)]
    known = _Known(session, user_id, good)
    outcomes: list[Outcome | PyTuneError] = []
    new: list[Listen] = []
    for listen in listens:
        if isinstance(listen, PyTuneError):
            outcomes.append(listen)
        elif _covers(pauses, listen):
            outcomes.append(Outcome.PAUSED)
        elif known.learn(listen):
            new.append(listen)
            outcomes.append(Outcome.NEW)
        else:
            outcomes.append(Outcome.KNOWN)
    if new:
        insert_missing(session, EVENTS, _rows(user_id, new))
        _add(session, user_id, new)
    return outcomes


def _covers(pauses: Pauses, listen: Listen) -> bool:
    return listen.listened_at is not None and pauses.cover(
        listen.listened_at, listen.seconds_played
    )


def _of_kept_tracks(
    session: Session, listens: list[Listen | PyTuneError]
) -> list[Listen | PyTuneError]:
    """Each listen with the track that its own was merged into."""
    wanted = {listen.track_id for listen in listens if isinstance(listen, Listen)}
    merged = (col(Track.id).in_(wanted), col(Track.merged_into_id).is_not(None))
    into = select_columns(col(Track.id), col(Track.merged_into_id)).where(*merged)
    rows: Any = session.connection().execute(into) if wanted else ()
    kept: dict[int, int] = {row[0]: row[1] for row in rows}
    return [
        replace(listen, track_id=kept[listen.track_id])
        if isinstance(listen, Listen) and listen.track_id in kept
        else listen
        for listen in listens
    ]


def _checked(listen: Listen) -> Listen | PyTuneError:
    try:
        return checked(listen)
    except InvalidInput as problem:
        return problem


def _with_tracks(
    session: Session, listens: list[Listen | PyTuneError]
) -> list[Listen | PyTuneError]:
    """TrackNotFound instead of a listen whose track is not there."""
    wanted = {listen.track_id for listen in listens if isinstance(listen, Listen)}
    ids = select_columns(col(Track.id)).where(col(Track.id).in_(wanted))
    tracks: set[int | None] = set(session.connection().execute(ids).scalars())
    return [
        TrackNotFound(one.track_id)
        if isinstance(one, Listen) and one.track_id not in tracks
        else one
        for one in listens
    ]


class _Known:
    """Which of the listens are in the record, or earlier in the batch."""

    def __init__(self, session: Session, user_id: int, listens: list[Listen]) -> None:
        connection, mine = session.connection(), EVENTS.c.user_id == user_id
        keys = {listen.idempotency_key for listen in listens} - {None}
        moments = select_columns(EVENTS.c.track_id, EVENTS.c.occurred_at).where(
            mine,
            EVENTS.c.kind == EventKind.LISTEN,
            EVENTS.c.track_id.in_({listen.track_id for listen in listens}),
            EVENTS.c.occurred_at.in_({listen.listened_at for listen in listens}),
        )
        keyed = select_columns(EVENTS.c.idempotency_key).where(
            mine, EVENTS.c.idempotency_key.in_(keys)
        )
        self._moments: set[tuple[int, datetime | None]] = (
            {(row[0], row[1]) for row in connection.execute(moments)} if listens else set()
        )
        self._keys: set[str] = set(connection.execute(keyed).scalars()) if keys else set()

    def learn(self, listen: Listen) -> bool:
        """Whether the listen is new; it is known from now on."""
        moment, key = (listen.track_id, listen.listened_at), listen.idempotency_key
        if moment in self._moments or key in self._keys:
            return False
        self._moments.add(moment)
        if key is not None:
            self._keys.add(key)
        return True


def _rows(user_id: int, listens: list[Listen]) -> list[dict[str, Any]]:
    now = utc_now()
    return [event_row(user_id, listen, EventKind.LISTEN, now) for listen in listens]


def _add(session: Session, user_id: int, new: list[Listen]) -> None:
    """To the sums."""
    sums: dict[int, dict[str, Any]] = {}
    for listen in new:
        row = sums.setdefault(
            listen.track_id,
            {
                "user_id": user_id,
                "track_id": listen.track_id,
                "plays": 0,
                "skips": 0,
                "last_listened_at": listen.listened_at,
            },
        )
        row["plays"] += 1
        row["last_listened_at"] = max(row["last_listened_at"], listen.listened_at)
    upsert(session, USER_ITEMS, [sums[track_id] for track_id in sorted(sums)], add_sums)
