"""Use-case: whether there is anything to train, and by which recipe."""

from sqlmodel import Session, col, select

from app import evaluations, interactions, listening, recipes, tuning
from app.ml.recipe import Recipe
from app.models import Training, TrainingState
from app.models.columns import id_of


def due_recipe(session: Session) -> Recipe | None:
    """The best known; None where the last model made by it was made of the same listens."""
    recipe = tuning.best_known(session)
    last = _last_finished(session, recipe)
    return None if last is not None and _is_repeated(session, last) else recipe


def _is_repeated(session: Session, last: Training) -> bool:
    """Whether to train again would end as the last time did."""
    newest = listening.last_event_id(session)
    if newest != last.last_event_id or not evaluations.is_judged(session, id_of(last)):
        return False
    return interactions.count_all_pairs(session) == last.interactions


def _last_finished(session: Session, recipe: Recipe) -> Training | None:
    """The newest finished training by that recipe."""
    statement = (
        select(Training)
        .where(Training.state == TrainingState.FINISHED, Training.algorithm == recipe.algorithm)
        .order_by(col(Training.id).desc())
    )
    settings = recipes.stored(recipe)
    return next((row for row in session.exec(statement) if row.settings == settings), None)
