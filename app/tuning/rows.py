"""The rows of searches: what they are at, what they tried, what they chose."""

from collections.abc import Sequence

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from app import evaluations, listening, recipes, training, unattended
from app.ml.recipe import Recipe
from app.ml.search import Trial, Tuned
from app.models import Training, TrainingState, Tuning, TuningTrial
from app.models.columns import id_of, utc_now
from app.tuning.errors import TuningNotFound, TuningOver
from app.tuning.tried import counting

ACTIVE = (TrainingState.QUEUED, TrainingState.RUNNING)
_MOST_FAILED = 3
"""A recipe whose trainings failed so often is given up, or nothing else would be trained."""


def stop(session: Session, tuning_id: int, by: str) -> Tuning:
    """End a search that waits or runs; its job sees it within a second, and its trials stay.

    Raises TuningNotFound, TuningOver.
    """
    row = locked(session, tuning_id)
    if row.state not in ACTIVE:
        raise TuningOver(tuning_id=tuning_id, state=str(row.state))
    end(row, TrainingState.FAILED, f"Stopped by {by}.")
    return row


def tuning(session: Session, tuning_id: int) -> Tuning:
    """Raises TuningNotFound."""
    found = session.get(Tuning, tuning_id)
    if found is None:
        raise TuningNotFound(tuning_id)
    return found


def tunings(session: Session, first: int, before_id: int | None = None) -> list[Tuning]:
    """Newest first."""
    statement = select(Tuning).order_by(col(Tuning.id).desc()).limit(first)
    if before_id is not None:
        statement = statement.where(col(Tuning.id) < before_id)
    return list(session.exec(statement))


def tunings_by_id(session: Session, numbers: Sequence[int]) -> dict[int, Tuning]:
    """Those that there are."""
    rows = session.exec(select(Tuning).where(col(Tuning.id).in_(numbers)))
    return {id_of(row): row for row in rows}


def count_tunings(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Tuning)).one()


def stand_on(session: Session, tuning_id: int, footing: str) -> int:
    """Have a search go on from its trials where they rest on this footing, else from none of them.

    How many were set aside: they stay in the record, and what they took of its time is gone.
    """
    row = locked(session, tuning_id)
    if row.footing == footing:
        return 0
    row.footing, row.progress = footing, 0.0
    session.add(row)
    kept = counting([tuning_id])
    aside = session.exec(select(func.count()).where(*kept)).one()
    session.connection().execute(update(TuningTrial).where(*kept).values(set_aside=True))
    return aside


def spent(session: Session, tuning_id: int) -> float:
    """Seconds that all its trials took, those set aside included."""
    mine = select(TuningTrial.trial).where(col(TuningTrial.tuning_id) == tuning_id)
    return sum(float(trial["seconds"]) for trial in session.exec(mine))


def best_recipe(session: Session) -> Recipe | None:
    """What the last finished search chose."""
    row = _last_finished(session)
    if row is None or row.algorithm is None or row.settings is None:
        return None
    return recipes.read(row.algorithm, row.settings)


def untried_recipe(session: Session) -> Recipe | None:
    """What the last search chose, unless a training has tried it since, or is about to.

    One that failed or was cancelled tried nothing, but for some that fail one after another;
    nor did one whose verdict the champion changed under. One that was tested on too few listeners
    did: again each night, it would keep the champion from its refreshes, which need fewer.
    """
    row = _last_finished(session)
    if row is None or row.finished_at is None:
        return None
    since = select(Training).where(col(Training.created_at) >= row.finished_at)
    made = [
        one
        for one in session.exec(since)
        if (one.algorithm, one.settings) == (row.algorithm, row.settings)
    ]
    failed = [one for one in made if one.state is TrainingState.FAILED]
    judged = any(one not in failed and evaluations.is_judged(session, id_of(one)) for one in made)
    tried = judged or len(failed) >= _MOST_FAILED
    return None if tried else best_recipe(session)


def best_known(session: Session) -> Recipe:
    """What the last search chose and no training has tried; else the champion's; else the usual."""
    champion = training.champion(session)
    usual = recipes.recipe_of(champion.training) if champion else Recipe()
    return untried_recipe(session) or usual


def start(session: Session, tuning_id: int) -> Tuning:
    """Raises TuningOver where it was stopped meanwhile."""
    row = locked(session, tuning_id)
    if row.state is not TrainingState.QUEUED:
        raise TuningOver(tuning_id=tuning_id, state=str(row.state))
    row.state, row.heartbeat_at = TrainingState.RUNNING, utc_now()
    row.started_at = row.started_at or row.heartbeat_at
    if row.last_event_id is None:
        row.last_event_id = listening.last_event_id(session)
    session.add(row)
    return row


def progress(session: Session, tuning_id: int, share: float, ended: Sequence[Trial] = ()) -> bool:
    """Keep how much is done and what ended since the last call; False if it should stop."""
    row = locked(session, tuning_id)
    session.add_all(TuningTrial(tuning_id=tuning_id, trial=one.as_json()) for one in ended)
    if row.state is not TrainingState.RUNNING:
        return False
    row.progress, row.heartbeat_at = max(row.progress, share), utc_now()
    session.add(row)
    return True


def finish(session: Session, tuning_id: int, tuned: Tuned) -> None:
    """Remember what was chosen. Raises TuningOver where it was stopped at the last moment."""
    row = locked(session, tuning_id)
    if row.state is not TrainingState.RUNNING:
        raise TuningOver(tuning_id=tuning_id, state=str(row.state))
    recipe = tuned.recipe.complete()
    row.algorithm, row.settings = recipe.algorithm, recipes.stored(recipe)
    row.ndcg, row.progress = float(tuned.scores[tuned.chosen]), 1.0
    end(row, TrainingState.FINISHED, None)


def fail(session: Session, tuning_id: int, reason: str, *, by_hand: bool = False) -> None:
    """End a search unless it is over; an alert tells of it where nobody had a hand in it."""
    row = locked(session, tuning_id)
    if row.state in ACTIVE:
        end(row, TrainingState.FAILED, reason)
        if not by_hand:
            unattended.tuning_failed(session, row)


def _last_finished(session: Session) -> Tuning | None:
    finished = select(Tuning).where(Tuning.state == TrainingState.FINISHED)
    return session.exec(finished.order_by(col(Tuning.finished_at).desc()).limit(1)).first()


def end(row: Tuning, state: TrainingState, error: str | None) -> None:
    row.state, row.error, row.finished_at = state, error, utc_now()


def locked(session: Session, tuning_id: int) -> Tuning:
    """The row as it stays until the transaction ends. Raises TuningNotFound."""
    found = session.get(Tuning, tuning_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise TuningNotFound(tuning_id)
    return found
