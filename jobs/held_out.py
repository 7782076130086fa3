"""Which listens the gate tests on; a search for recipes keeps off them."""

from datetime import UTC, datetime

from sqlmodel import Session

from app import interactions
from app.ml import cutoff, holdout
from app.ml.gate import DEFAULTS
from app.ml.holdout import Holdout
from jobs.training_data import TrainingData


def hold_out(session: Session, data: TrainingData) -> tuple[datetime | None, Holdout]:
    """The last dated listens, with the moment that they begin at; else a share of each listener's.

    Else: where too little is dated for a cutoff, or where it leaves fewer listeners to test than a
    new recipe needs and a share of each listener's tracks leaves enough.
    """
    moment = cutoff.choose_cutoff(data.dated.seconds, data.dated.listener_ids)
    if moment is None:
        return None, holdout.of_the_gate(data.interactions)
    at = datetime.fromtimestamp(moment, UTC)
    held = _since(session, data, at)
    if len(held) < DEFAULTS.min_listeners_for_new:
        drawn = holdout.of_the_gate(data.interactions)
        if len(drawn) >= DEFAULTS.min_listeners_for_new:
            return None, drawn
    return at, held


def _since(session: Session, data: TrainingData, at: datetime) -> Holdout:
    newest = data.last_event_id
    return holdout.in_time(
        interactions.pairs_between(session, since=None, before=at, last_event_id=newest),
        interactions.pairs_between(session, since=at, before=None, last_event_id=newest),
        at.timestamp(),
    )
