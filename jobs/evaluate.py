"""Evaluate: the training's recipe against the champion's, both fitted before the same cutoff."""

from datetime import UTC, datetime

from sqlmodel import Session

from app import interactions, recipes
from app.ml import contest, cutoff, holdout
from app.ml.contest import ContestResult
from app.ml.evaluation import Terms
from app.ml.holdout import Holdout
from app.ml.recipe import Recipe
from app.ml.recommender import Report
from app.training import Champion
from jobs.runtime import Runtime
from jobs.training_data import TrainingData, artists_of


def evaluate(
    rt: Runtime,
    recipe: Recipe,
    champion: Champion | None,
    data: TrainingData,
    seed: int,
    report: Report,
) -> ContestResult:
    """Hold out the last listens, or a share of each listener's where they have no dates."""
    with rt.database.read() as session:
        held = _holdout(session, data, seed)
        artists = artists_of(session, held.tracks)
    rival = recipes.recipe_of(champion.training) if champion else None
    terms = Terms(seed=seed, artist_ids=artists)
    return contest.run(recipe, rival, held, terms, report=report)


def _holdout(session: Session, data: TrainingData, seed: int) -> Holdout:
    moment = cutoff.choose_cutoff(data.dated.seconds, data.dated.listener_ids)
    if moment is None:
        return holdout.per_listener(data.interactions, seed=seed)
    at = datetime.fromtimestamp(moment, UTC)
    return holdout.in_time(
        interactions.pairs_between(session, since=None, before=at),
        interactions.pairs_between(session, since=at, before=None),
        moment,
    )
