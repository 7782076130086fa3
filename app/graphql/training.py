"""Trainings: what was made how, what was measured of it, and making one more."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread
from sqlmodel import Session
from strawberry.scalars import JSON

from app import recipes, training, tuning
from app.errors import TrainingNotFound
from app.errors.invalid import out_of_range
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.enums import Algorithm, TrainingStage, TrainingState, Weighting
from app.graphql.evaluating import EvaluationRun
from app.graphql.evaluation import Evaluation
from app.graphql.ids import Node, global_id
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import as_parent, for_administrators
from app.graphql.training_input import USUAL, TrainModelInput
from app.models import Training as TrainingRow
from app.models.columns import id_of


@strawberry.type(description="A line of a training's log.")
class LogLine:
    at: datetime = strawberry.field(description="When it was written.")
    text: str = strawberry.field(description="What was said.")


@strawberry.type(description="A library that models are made by.")
class LibraryVersion:
    name: str = strawberry.field(description="Its name, as of its package.")
    version: str = strawberry.field(description="The version that was there.")


@strawberry.type(description="One making of a model. Its number is the model's version.")
class Training(Node):
    version: int = strawberry.field(description="Number of the training, version of its model.")
    state: TrainingState = strawberry.field(description="How far it is.")
    stage: TrainingStage = strawberry.field(description="What it does now, or did last.")
    progress: float = strawberry.field(description="How much of all is done, from 0 to 1.")
    requested_by: str = strawberry.field(description="A user's name, or what asked for it.")
    algorithm: Algorithm = strawberry.field(description="How its model is made.")
    weighting: Weighting = strawberry.field(description="What plays became before the fit.")
    half_life_days: float | None = strawberry.field(
        description="Days in which a listen loses half its weight; null: it keeps it."
    )
    settings: JSON = strawberry.field(
        description="Every setting of the algorithm, the defaults among them."
    )
    seed: int = strawberry.field(description="Seed of everything random in it.")
    listener_count: int | None = strawberry.field(description="Listeners it was fitted on.")
    track_count: int | None = strawberry.field(description="Tracks it was fitted on.")
    interaction_count: int | None = strawberry.field(
        description="Pairs of listener and track it was fitted on."
    )
    data_from: datetime | None = strawberry.field(description="First listen it was fitted on.")
    data_until: datetime | None = strawberry.field(description="Last listen it was fitted on.")
    data_fingerprint: str | None = strawberry.field(
        description="SHA-256 of what it was fitted on, in hexadecimal: with the same recipe, seed"
        " and libraries, the same model. Null until that was read."
    )
    library_versions: list[LibraryVersion] = strawberry.field(
        description="The libraries that its worker has, by name; none until one began with it."
    )
    model_checksum: str | None = strawberry.field(
        description="SHA-256 of its model's manifest, in hexadecimal, which holds those of its"
        " files. Null until they are written."
    )
    error: str | None = strawberry.field(description="Why it failed, if it did.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began with it.")
    finished_at: datetime | None = strawberry.field(description="When it ended, well or not.")
    files_removed_at: datetime | None = strawberry.field(
        description="When its model was cleared away and could no longer be promoted."
    )

    @as_parent("What was measured of it before it could be promoted, the newest first.")
    async def evaluations(self, info: Info) -> list[Evaluation]:
        rows = await info.context.loaders.evaluations_by_training_id.load(self.version)
        return [Evaluation.of(row) for row in rows]

    @as_parent("Who had its recipe measured again since, the newest first; nothing came of it.")
    async def evaluation_runs(self, info: Info) -> list[EvaluationRun]:
        rows = await info.context.loaders.evaluation_runs_by_training_id.load(self.version)
        return [EvaluationRun.of(row) for row in rows]

    @as_parent("What it had to tell, in order: for people, in English.")
    async def log(self, info: Info) -> list[LogLine]:
        rows = await info.context.loaders.log_by_training_id.load(self.version)
        return [LogLine(at=row.at, text=row.text) for row in rows]

    @classmethod
    def of(cls, row: TrainingRow) -> Self:
        recipe = recipes.recipe_of(row)
        return cls(
            id=global_id("Training", id_of(row)),
            version=id_of(row),
            state=row.state,
            stage=row.stage,
            progress=row.progress,
            requested_by=row.requested_by,
            algorithm=Algorithm(recipe.algorithm),
            weighting=recipe.weighting,
            half_life_days=recipe.half_life_days,
            settings=JSON(dict(recipe.settings)),
            seed=row.seed,
            listener_count=row.listeners,
            track_count=row.tracks,
            interaction_count=row.interactions,
            data_from=row.data_from,
            data_until=row.data_until,
            data_fingerprint=row.fingerprint,
            library_versions=[
                LibraryVersion(name=name, version=str(version))
                for name, version in sorted(row.library_versions.items())
            ],
            model_checksum=row.checksum,
            error=row.error,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            files_removed_at=row.artifact_removed_at,
        )


@strawberry.type(description="The training waits for a worker.")
class TrainingStarted:
    training: Training = strawberry.field(description="The training; look at its `state` again.")


TrainModelResult = Annotated[
    TrainingStarted
    | problems.InvalidInput
    | problems.NoListens
    | problems.TrainingUnderway
    | problems.QueueUnavailable,
    strawberry.union("TrainModelResult", description="What `trainModel` gives."),
]


@strawberry.type
class TrainingQuery:
    @for_administrators("Trainings, the newest first.")
    async def trainings(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        state: Annotated[
            TrainingState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> Connection[Training]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: training.trainings(session, page.and_one_more, before, state)
        )
        return page.connection(
            rows,
            Training.of,
            lambda row: [id_of(row)],
            lambda session: training.count_trainings(session, state),
        )


@strawberry.type
class TrainingMutation:
    @for_administrators("Train a model in a worker, one at a time.")
    async def train_model(
        self,
        info: Info,
        wanted: Annotated[
            TrainModelInput | None,
            strawberry.argument(
                name="input",
                description="How; null for the best known recipe: what the last search chose and no"
                " training has tried, or else the champion's.",
            ),
        ] = None,
    ) -> TrainModelResult:
        wanted = wanted or USUAL
        if wanted.seed < 0:
            raise out_of_range("seed", wanted.seed, 0, None)
        state, viewer = info.context.state, info.context.signed_in
        best = await info.context.read(tuning.best_known) if wanted is USUAL else None
        recipe = best or wanted.recipe()
        number = await to_thread.run_sync(
            training.launch, state.database, state.queue, viewer.name, recipe, wanted.seed
        )
        row = await info.context.read(lambda session: training.training(session, number))
        return TrainingStarted(training=Training.of(row))


async def trainings_of(context: Context, numbers: list[int]) -> list[Training | None]:
    """Trainings in the order of their numbers; None where the viewer may not see them."""
    if not context.signed_in.is_administrator:
        return [None] * len(numbers)
    return await context.read(lambda session: [_found(session, number) for number in numbers])


def _found(session: Session, number: int) -> Training | None:
    try:
        return Training.of(training.training(session, number))
    except TrainingNotFound:
        return None
