"""A recipe against the champion's, both fitted before the same cutoff of the listens there are."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app import interactions, recipes, training
from app.errors import NoListens
from app.ml import contest
from app.ml.contest import ContestResult
from app.ml.evaluation import Terms
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions
from app.ml.recipe import Recipe
from app.ml.recommender import Report
from app.models import Training
from app.training import Champion
from jobs.held_out import hold_out
from jobs.runtime import Runtime
from jobs.training_data import TrainingData, artists_of, read_training_data

_LEAST_LEFT = 0.5
"""Of the pairs that a champion was fitted on: an import that is undone takes them, and what is
imported again is new."""


def read(session: Session) -> tuple[TrainingData, Champion | None]:
    """What there is to measure on, and who is to be beaten. Raises NoListens."""
    data = read_training_data(session)
    if not len(data.interactions):
        raise NoListens
    return data, training.champion(session)


def compete(
    rt: Runtime,
    recipe: Recipe,
    champion: Champion | None,
    data: TrainingData,
    seed: int,
    report: Report,
) -> tuple[ContestResult, Holdout]:
    """Hold out the last listens, or a share of each listener's where they have no dates.

    Raises InvalidInput where a fit of the recipe would need more memory than there is.
    """
    recipe.check_memory(data.interactions.extent(), rt.settings.memory_for_fits)
    rival = recipes.recipe_of(champion.training) if champion else None
    knew: Interactions | None = None
    at, held = rt.read(lambda session: hold_out(session, data))
    if champion is not None and contest.is_refresh(recipe, rival):
        row = champion.training
        knew = rt.read(lambda session: _known_to(session, row, data, at, held))
    artists = rt.read(lambda session: artists_of(session, held.tracks))
    terms = Terms(seed=seed, artist_ids=artists, memory_mib=rt.settings.memory_for_fits)
    return contest.run(recipe, rival, held, terms, champion_knew=knew, report=report), held


def _known_to(
    session: Session, champion: Training, data: TrainingData, at: datetime | None, held: Holdout
) -> Interactions | None:
    """What of the training part the champion would have been fitted on; None for all of it,
    and nothing where most of what it knew is gone: then it cannot be measured.

    What was recorded when it was fitted, and happened as long before the cutoff as its data ends
    before the newest listen: so both models are as old on the day of the cutoff as they are
    today. The part that is held out is the most that the champion can be older.
    """
    if champion.last_event_id is None:
        return None
    left = interactions.count_pairs(session, champion.last_event_id)
    if left < _LEAST_LEFT * (champion.interactions or 0):
        return held.train.at(slice(0))
    before = at and at - _older(champion.data_until, data.data_until, at)
    known = held.within(interactions.pairs_between(session, None, before, champion.last_event_id))
    return None if known.fingerprint() == held.train.fingerprint() else known


def _older(champion: datetime | None, newest: datetime | None, at: datetime) -> timedelta:
    """How much older than the newest listen the champion's data is, within the held-out part."""
    if champion is None or newest is None:
        return timedelta(0)
    return max(timedelta(0), min(newest - champion, newest - at))
