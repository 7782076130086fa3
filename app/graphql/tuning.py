"""Tunings: searches for the best recipe."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread
from sqlmodel import Session
from strawberry.scalars import JSON

from app import tuning
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.enums import Algorithm, TrainingState
from app.graphql.ids import Node, global_id, required_number
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import as_parent, for_administrators
from app.graphql.trials import Trial
from app.models import Tuning as TuningRow
from app.models.columns import id_of
from app.tuning.errors import TuningNotFound


@strawberry.type(description="A search over algorithms and settings, within a time.")
class Tuning(Node):
    number: strawberry.Private[int]
    state: TrainingState = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="How much of its time has passed, from 0 to 1.")
    requested_by: str = strawberry.field(description="A user's name, or what asked for it.")
    seconds: int = strawberry.field(description="The time that it may take.")
    seed: int = strawberry.field(description="Seed of everything random in it.")
    resumed: int = strawberry.field(
        description="How often it was taken up again after its worker had died."
    )
    algorithm: Algorithm | None = strawberry.field(
        description="What it chose; null until it is over."
    )
    settings: JSON | None = strawberry.field(
        description="The chosen recipe's weighting and settings; null until it is over."
    )
    ndcg: float | None = strawberry.field(
        description="NDCG@20 of the chosen recipe on listens that it was not fitted on."
    )
    error: str | None = strawberry.field(description="Why it failed, if it did.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began with it.")
    finished_at: datetime | None = strawberry.field(description="When it ended, well or not.")

    @property
    def over(self) -> bool:
        return self.state in {TrainingState.FINISHED, TrainingState.FAILED}

    @as_parent(f"The last {tuning.MAX_TRIALS} that were tried, in the order that they ended.")
    async def trials(self, info: Info) -> list[Trial]:
        found = await info.context.read(lambda session: tuning.last_trials(session, self.number))
        return [Trial.of(trial) for trial in found]

    @as_parent("How many were tried, but for those set aside.")
    async def trial_count(self, info: Info) -> int:
        return await info.context.read(lambda session: tuning.count_trials(session, self.number))

    @as_parent(
        "How many trials count no more: they were measured on listens that were taken back or"
        " corrected before the search was taken up again, or with other settings to try."
    )
    async def set_aside_count(self, info: Info) -> int:
        found = await info.context.read(lambda session: tuning.set_aside_of(session, [self.number]))
        return found.get(self.number, 0)

    @classmethod
    def of(cls, row: TuningRow) -> Self:
        return cls(
            id=global_id("Tuning", id_of(row)),
            number=id_of(row),
            state=row.state,
            progress=row.progress,
            requested_by=row.requested_by,
            seconds=row.seconds,
            seed=row.seed,
            resumed=row.resumed,
            algorithm=None if row.algorithm is None else Algorithm(row.algorithm),
            settings=None if row.settings is None else JSON(row.settings),
            ndcg=row.ndcg,
            error=row.error,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )


@strawberry.input(description="How long to search; whatever is left out has its default.")
class TuneModelInput:
    seconds: int = strawberry.field(
        default=tuning.DEFAULT_SECONDS,
        description=f"{tuning.LEAST_SECONDS} to {tuning.MOST_SECONDS}; few for a small catalogue.",
    )
    seed: int = strawberry.field(default=tuning.DEFAULT_SEED, description="0 or more.")


@strawberry.input(description="A tuning that waits or runs.")
class StopTuningInput:
    tuning_id: strawberry.ID = strawberry.field(description="Which tuning.")


@strawberry.input(description="A tuning that failed or was stopped.")
class ResumeTuningInput:
    tuning_id: strawberry.ID = strawberry.field(description="Which tuning.")


@strawberry.type(description="The tuning waits for a worker; the next training takes its recipe.")
class TuningStarted:
    tuning: Tuning = strawberry.field(description="The tuning.")


@strawberry.type(description="The tuning ends; its trials are kept, and it can be resumed.")
class TuningStopped:
    tuning: Tuning = strawberry.field(description="The tuning.")


TuneModelResult = Annotated[
    TuningStarted
    | problems.InvalidInput
    | problems.NoListens
    | problems.TuningUnderway
    | problems.QueueUnavailable,
    strawberry.union("TuneModelResult", description="What `tuneModel` gives."),
]
StopTuningResult = Annotated[
    TuningStopped | problems.InvalidInput | problems.NotFound | problems.TuningOver,
    strawberry.union("StopTuningResult", description="What `stopTuning` gives."),
]
ResumeTuningResult = Annotated[
    TuningStarted
    | problems.InvalidInput
    | problems.NotFound
    | problems.TuningOver
    | problems.TuningUnderway
    | problems.QueueUnavailable,
    strawberry.union("ResumeTuningResult", description="What `resumeTuning` gives."),
]


@strawberry.type
class TuningQuery:
    @for_administrators("Tunings, the newest first.")
    async def tunings(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Tuning]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: tuning.tunings(session, page.and_one_more, before)
        )
        return page.connection(rows, Tuning.of, lambda row: [id_of(row)], tuning.count_tunings)


@strawberry.type
class TuningMutation:
    @for_administrators("Search for the best recipe in a worker, one search at a time.")
    async def tune_model(
        self,
        info: Info,
        wanted: Annotated[
            TuneModelInput | None,
            strawberry.argument(name="input", description="How long; null for the defaults."),
        ] = None,
    ) -> TuneModelResult:
        wanted = wanted or TuneModelInput()
        state, by = info.context.state, info.context.signed_in.name
        number = await to_thread.run_sync(
            tuning.launch, state.database, state.queue, by, wanted.seconds, wanted.seed
        )
        return TuningStarted(tuning=await looked_up(info.context, number))

    @for_administrators("Stop a tuning where it is.")
    async def stop_tuning(
        self,
        info: Info,
        unwanted: Annotated[
            StopTuningInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> StopTuningResult:
        number = required_number(unwanted.tuning_id, "Tuning", "tuningId")
        by = info.context.signed_in.name
        await info.context.write(lambda session: tuning.stop(session, number, by).id)
        await to_thread.run_sync(info.context.state.queue.announce_tuning, number)
        return TuningStopped(tuning=await looked_up(info.context, number))

    @for_administrators("Go on with a tuning where it failed or was stopped.")
    async def resume_tuning(
        self,
        info: Info,
        wanted: Annotated[
            ResumeTuningInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> ResumeTuningResult:
        number = required_number(wanted.tuning_id, "Tuning", "tuningId")
        state = info.context.state
        await to_thread.run_sync(tuning.resume, state.database, state.queue, number)
        return TuningStarted(tuning=await looked_up(info.context, number))


async def tunings_of(context: Context, numbers: list[int]) -> list[Tuning | None]:
    """Tunings in the order of their numbers; None where the viewer may not see them."""
    if not context.signed_in.is_administrator:
        return [None] * len(numbers)
    return await context.read(lambda session: [_found(session, number) for number in numbers])


async def looked_up(context: Context, number: int) -> Tuning:
    return Tuning.of(await context.read(lambda session: tuning.tuning(session, number)))


def _found(session: Session, number: int) -> Tuning | None:
    try:
        return Tuning.of(tuning.tuning(session, number))
    except TuningNotFound:
        return None
