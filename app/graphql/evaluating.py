"""Having a training's recipe measured once more, against the champion of today."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread

from app import evaluating, evaluations
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.enums import TrainingState
from app.graphql.evaluation import Evaluation
from app.graphql.ids import Node, global_id, required_number
from app.graphql.permissions import as_parent, for_administrators
from app.models import EvaluationRun as EvaluationRunRow
from app.models.columns import id_of


@strawberry.type(description="Somebody had a training's recipe measured once more.")
class EvaluationRun(Node):
    number: strawberry.Private[int]
    found: strawberry.Private[int | None]
    version: int = strawberry.field(description="Number of the training that is measured.")
    state: TrainingState = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="How much of all is done, from 0 to 1.")
    requested_by: str = strawberry.field(description="A user's name, or what asked for it.")
    error: str | None = strawberry.field(description="Why it failed, if it did.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began with it.")
    finished_at: datetime | None = strawberry.field(description="When it ended, well or not.")

    @property
    def over(self) -> bool:
        return self.state in {TrainingState.FINISHED, TrainingState.FAILED}

    @as_parent("What was found, against the champion of that day; null until it is finished.")
    async def evaluation(self, info: Info) -> Evaluation | None:
        if self.found is None:
            return None
        row = await info.context.loaders.evaluation_by_id.load(self.found)
        return Evaluation.of(row) if row else None

    @classmethod
    def of(cls, row: EvaluationRunRow) -> Self:
        return cls(
            id=global_id("EvaluationRun", id_of(row)),
            number=id_of(row),
            found=row.evaluation_id,
            version=row.training_id,
            state=row.state,
            progress=row.progress,
            requested_by=row.requested_by,
            error=row.error,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )


@strawberry.input(description="What to measure.")
class EvaluateModelInput:
    training_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="A finished training, its files kept or not; null for the champion.",
    )


@strawberry.type(description="The evaluation waits for a worker; nothing will be promoted by it.")
class EvaluationStarted:
    run: EvaluationRun = strawberry.field(
        description="The run; if that training is being measured already, that one."
    )


EvaluateModelResult = Annotated[
    EvaluationStarted
    | problems.InvalidInput
    | problems.NotFound
    | problems.NoChampion
    | problems.NoListens
    | problems.QueueUnavailable,
    strawberry.union("EvaluateModelResult", description="What `evaluateModel` gives."),
]


@strawberry.type
class EvaluatingMutation:
    @for_administrators("Measure a training's recipe on today's listens, in a worker.")
    async def evaluate_model(
        self,
        info: Info,
        wanted: Annotated[
            EvaluateModelInput, strawberry.argument(name="input", description="Which training.")
        ],
    ) -> EvaluateModelResult:
        given = wanted.training_id
        number = None if given is None else required_number(given, "Training", "trainingId")
        state, by = info.context.state, info.context.signed_in.name
        run = await to_thread.run_sync(evaluating.launch, state.database, state.queue, by, number)
        return EvaluationStarted(run=await looked_up(info.context, run))


async def runs_of(context: Context, numbers: list[int]) -> list[EvaluationRun | None]:
    """Runs in the order of their numbers; None where the viewer may not see them."""
    if not context.signed_in.is_administrator:
        return [None] * len(numbers)
    found = await context.read(lambda session: evaluations.runs_by_id(session, numbers))
    return [EvaluationRun.of(found[n]) if n in found else None for n in numbers]


async def looked_up(context: Context, number: int) -> EvaluationRun:
    """Raises EvaluationNotFound."""
    return EvaluationRun.of(await context.read(lambda session: evaluating.run(session, number)))
