"""What would be left of a listener's history if some of it had never been."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.reading import UserHistory, history_of
from app.listening.summing import SUMS
from app.listening.tables import EVENTS, second_of
from app.models import EventKind


def history_without(
    session: Session, user_id: int, track_ids: Sequence[int] = (), event_ids: Sequence[int] = ()
) -> UserHistory:
    """The history as it would be after `forget_track` and `forget_listens`; nothing is written."""
    heard = _without_listens(session, user_id, history_of(session, user_id), event_ids)
    return _at(heard, ~np.isin(heard.track_ids, np.array(track_ids, np.int64)))


def _without_listens(
    session: Session, user_id: int, heard: UserHistory, event_ids: Sequence[int]
) -> UserHistory:
    """Sums of the tracks of those listens made anew; a track without any event is unknown."""
    if not event_ids:
        return heard
    events, chosen = EVENTS.c, EVENTS.c.id.in_(event_ids)
    mine = (events.user_id == user_id) & (events.kind == EventKind.LISTEN)
    touched = list(
        session.connection().execute(select_columns(events.track_id).where(mine, chosen)).scalars()
    )
    left = (
        select_columns(events.track_id, *SUMS.values())
        .where(events.user_id == user_id, events.track_id.in_(touched))
        .where(~(chosen & (events.kind == EventKind.LISTEN)))
        .group_by(events.track_id)
    )
    sums = {row[0]: row[1:] for row in session.connection().execute(left)}
    known = ~np.isin(heard.track_ids, np.array(sorted(set(touched) - set(sums)), np.int64))
    return _summed(_at(heard, known), sums)


def _summed(heard: UserHistory, sums: dict[int, Any]) -> UserHistory:
    """With plays, skips and the last listen of some tracks in the place of theirs."""
    plays, skips, listened_at = heard.plays.copy(), heard.skips.copy(), heard.listened_at.copy()
    for row in np.flatnonzero(np.isin(heard.track_ids, np.array(list(sums), np.int64))):
        plays[row], skips[row], last = sums[int(heard.track_ids[row])]
        listened_at[row] = second_of(last)
    return replace(heard, plays=plays, skips=skips, listened_at=listened_at)


def _at(heard: UserHistory, rows: Any) -> UserHistory:
    return UserHistory(**{one.name: getattr(heard, one.name)[rows] for one in fields(heard)})
