"""Many listens at once, with what became of each."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Self

import strawberry

from app import listening
from app.errors import InvalidInput, PyTuneError
from app.errors.invalid import too_many
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.inputs import of_lists
from app.graphql.listening import RecordListenInput
from app.graphql.permissions import for_listeners
from app.listening import MAX_BATCH, Listen, Outcome


@of_lists(listens=RecordListenInput)
@strawberry.input(description="Tracks that were listened to, in any order.")
class RecordListensInput:
    listens: list[RecordListenInput] = strawberry.field(
        description=f"The listens, at most {MAX_BATCH}."
    )


@strawberry.type(description="What became of one listen of a batch.")
class BatchedListen:
    is_new: bool = strawberry.field(
        description="True if it is kept now; false if it was before, or could not be."
    )
    is_paused: bool = strawberry.field(
        description="True if the viewer has paused the record: the listen was not kept."
    )
    problem: problems.Problem | None = strawberry.field(
        description="Why it could not be kept; null if nothing was wrong with it."
    )

    @classmethod
    def of(cls, outcome: Outcome | PyTuneError) -> Self:
        return cls(
            is_new=outcome is Outcome.NEW,
            is_paused=outcome is Outcome.PAUSED,
            problem=problems.of(outcome) if isinstance(outcome, PyTuneError) else None,
        )


@strawberry.type(description="Every listen that is good is kept, whatever is wrong with others.")
class ListensRecorded:
    results: list[BatchedListen] = strawberry.field(
        description="What became of each, in the order of the input."
    )


RecordListensResult = Annotated[
    ListensRecorded | problems.InvalidInput,
    strawberry.union("RecordListensResult", description="What `recordListens` gives."),
]


@strawberry.type
class BatchMutation:
    @for_listeners("Record many listens in one transaction: all that are good, or none.")
    async def record_listens(
        self,
        info: Info,
        heard: Annotated[
            RecordListensInput, strawberry.argument(name="input", description="The listens.")
        ],
    ) -> RecordListensResult:
        if len(heard.listens) > MAX_BATCH:
            raise too_many("listens", len(heard.listens), MAX_BATCH)
        viewer, told = info.context.signed_in, [_told(one) for one in heard.listens]
        good = [listen for listen in told if isinstance(listen, Listen)]
        kept = await info.context.write(
            lambda session: listening.record_listens(session, viewer.id, good)
        )
        return ListensRecorded(results=list(_results(told, kept)))


def _told(given: RecordListenInput) -> Listen | InvalidInput:
    try:
        return given.listen()
    except InvalidInput as problem:
        return problem


def _results(
    told: Sequence[Listen | InvalidInput], kept: Sequence[Outcome | PyTuneError]
) -> Iterator[BatchedListen]:
    """What was good comes with its outcome, in the same order."""
    outcomes = iter(kept)
    for one in told:
        yield BatchedListen.of(next(outcomes) if isinstance(one, Listen) else one)
