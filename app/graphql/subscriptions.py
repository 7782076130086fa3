"""Subscriptions: told by the key-value server, looked up in short sessions, held by none."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, Protocol, Self, TypeVar

import strawberry

from app import training
from app.access import required
from app.graphql.context import Context, Info
from app.graphql.data_import import DataImport
from app.graphql.enums import Role, TrainingStage, TrainingState
from app.graphql.evaluating import EvaluationRun
from app.graphql.evaluating import looked_up as run_looked_up
from app.graphql.ids import required_number
from app.graphql.importing import looked_up
from app.graphql.permissions import followed_by_administrators, followed_by_listeners
from app.graphql.promotion import ModelVersion
from app.graphql.tuning import Tuning
from app.graphql.tuning import looked_up as tuning_looked_up
from app.models import Training as TrainingRow
from app.models.columns import id_of
from app.queue import (
    CHAMPION_CHANNEL,
    EVALUATION_CHANNEL,
    IMPORT_CHANNEL,
    TRAINING_CHANNEL,
    TUNING_CHANNEL,
)
from app.training import Champion

MAX_SUBSCRIPTIONS = 20
"""At once on one web socket."""


class _Followed(Protocol):
    @property
    def over(self) -> bool: ...


_Seen = TypeVar("_Seen", bound=_Followed)


@strawberry.type(description="How far a training is.")
class TrainingProgress:
    version: int = strawberry.field(description="Number of the training.")
    state: TrainingState = strawberry.field(description="How far it is.")
    stage: TrainingStage = strawberry.field(description="What it does now, or did last.")
    progress: float = strawberry.field(description="How much of all is done, from 0 to 1.")
    error: str | None = strawberry.field(description="Why it failed, if it did.")

    @classmethod
    def of(cls, row: TrainingRow) -> Self:
        return cls(
            version=id_of(row),
            state=row.state,
            stage=row.stage,
            progress=row.progress,
            error=row.error,
        )

    @property
    def over(self) -> bool:
        return self.state in {TrainingState.FINISHED, TrainingState.FAILED}


@strawberry.type(
    description="Everything that can be followed, over a web socket or as server-sent events."
)
class Subscription:
    @followed_by_administrators("A training's progress, from how it is now until it is over.")
    async def training_progress(
        self,
        info: Info,
        training_id: Annotated[strawberry.ID, strawberry.argument(description="Which training.")],
    ) -> AsyncIterator[TrainingProgress]:
        number = required_number(training_id, "Training", "trainingId")
        context = info.context
        async for now in _followed(context, TRAINING_CHANNEL, lambda: _training(context, number)):
            yield now

    @followed_by_administrators("A tuning, from how it is now until it is over.")
    async def tuning_progress(
        self,
        info: Info,
        tuning_id: Annotated[strawberry.ID, strawberry.argument(description="Which tuning.")],
    ) -> AsyncIterator[Tuning]:
        number = required_number(tuning_id, "Tuning", "tuningId")
        context = info.context
        async for now in _followed(context, TUNING_CHANNEL, lambda: _tuning(context, number)):
            yield now

    @followed_by_administrators("An evaluation that was asked for, from how it is now to its end.")
    async def evaluation_progress(
        self,
        info: Info,
        run_id: Annotated[strawberry.ID, strawberry.argument(description="Which run.")],
    ) -> AsyncIterator[EvaluationRun]:
        number = required_number(run_id, "EvaluationRun", "runId")
        context = info.context
        async for now in _followed(context, EVALUATION_CHANNEL, lambda: _run(context, number)):
            yield now

    @followed_by_listeners("An import's progress, from how it is now until it is over.")
    async def import_progress(
        self,
        info: Info,
        import_id: Annotated[strawberry.ID, strawberry.argument(description="Which import.")],
    ) -> AsyncIterator[DataImport]:
        number = required_number(import_id, "DataImport", "importId")
        context = info.context
        async for now in _followed(context, IMPORT_CHANNEL, lambda: looked_up(context, number)):
            yield now

    @followed_by_administrators("The champion, each time that another promotion names it.")
    async def champion_changed(self, info: Info) -> AsyncIterator[ModelVersion]:
        known = await _champion(info.context)
        async with _looks(info.context, CHAMPION_CHANNEL) as looks:
            async for _ in looks:
                champion = await _champion(info.context)
                if champion is not None and (
                    known is None or champion.promotion.id != known.promotion.id
                ):
                    yield ModelVersion.of(champion)
                known = champion


async def _followed(
    context: Context, channel: str, look: Callable[[], Awaitable[_Seen]]
) -> AsyncIterator[_Seen]:
    """What is seen now, and again whenever it has changed, until it is over."""
    told: _Seen | None = None
    async with _looks(context, channel) as looks:
        async for _ in looks:
            if (now := await look()) != told:
                yield now
            if now.over:
                return
            told = now


@asynccontextmanager
async def _looks(context: Context, channel: str) -> AsyncIterator[AsyncIterator[None]]:
    """When to look. Raises TooManyOpen."""
    state = context.state
    with state.followed.taken(context.signed_in.id):
        async with aclosing(state.news.looks(channel)) as looks:
            yield looks


async def _training(context: Context, number: int) -> TrainingProgress:
    await _let_in(context)
    row = await context.read(lambda session: training.training(session, number))
    return TrainingProgress.of(row)


async def _tuning(context: Context, number: int) -> Tuning:
    await _let_in(context)
    return await tuning_looked_up(context, number)


async def _run(context: Context, number: int) -> EvaluationRun:
    await _let_in(context)
    return await run_looked_up(context, number)


async def _champion(context: Context) -> Champion | None:
    await _let_in(context)
    return await context.read(training.champion)


async def _let_in(context: Context) -> None:
    """Each time again: who signs out, or is no administrator any more, is told nothing more."""
    await context.renew()
    required(context.viewer, Role.ADMINISTRATOR)
