"""Turns: of the transactions that start trainings, change the champion, the catalogue or who is
administrator, raise alerts, begin imports or add tracks, one at a time.
"""

from typing import Any

from sqlalchemy import Table
from sqlmodel import Session

from app.models import Turn
from app.models.columns import utc_now
from app.writes import upsert

_TURNS: Table = Turn.__table__  # type: ignore[attr-defined]
MODELS, ADMINISTRATORS, CATALOGUE = "models", "administrators", "catalogue"
ALERTS, IMPORTS, TRACKS = "alerts", "imports", "tracks"


def take_turn(session: Session, what: str = MODELS) -> None:
    """Wait until no other transaction starts a training or changes the champion.

    Or, of ADMINISTRATORS, until no other changes who is one; of CATALOGUE, until no other notes
    what it changed of the catalogue; of ALERTS, until no other raises one; of IMPORTS, until no
    other begins one; of TRACKS, until no other adds any. Nobody else goes on
    until this one ends: what it then looks up stays as it is. SQLite's writers take turns anyway;
    on MySQL all of them want the same row.
    """
    upsert(session, _TURNS, {"name": what, "taken_at": utc_now()}, _now_mine)


def _now_mine(_old: Any, new: Any) -> dict[str, Any]:
    return {"taken_at": new.taken_at}
