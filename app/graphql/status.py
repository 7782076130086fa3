"""Whether PyTune works; for everybody."""

import importlib.metadata

import strawberry
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from app import training
from app.errors import QueueUnavailable
from app.graphql.context import Info
from app.graphql.enums import ServiceState
from app.graphql.permissions import public
from app.state import State

PRODUCT_VERSION = importlib.metadata.version("pytune")


@strawberry.type(description="How the service is.")
class Status:
    state: ServiceState = strawberry.field(description="Whether all of it works.")
    product_version: str = strawberry.field(description="Version of PyTune.")
    model_version: int | None = strawberry.field(
        description="Version of the model that is served: the number of its training. Null while"
        " popularity is served for want of a model."
    )


@strawberry.type
class StatusQuery:
    @public("Whether PyTune works, and what it serves.")
    async def status(self, info: Info) -> Status:
        state = info.context.state
        model = state.slot.model
        works = await to_thread.run_sync(_works, state)
        return Status(
            state=ServiceState.RUNNING if works else ServiceState.DEGRADED,
            product_version=PRODUCT_VERSION,
            model_version=model.version if model else None,
        )


def _works(state: State) -> bool:
    """Whether both servers answer and the champion, if there is one, is what is served."""
    try:
        state.queue.check()
        with state.database.read() as session:
            champion = training.champion(session)
    except (QueueUnavailable, SQLAlchemyError):
        return False
    model = state.slot.model
    return champion is None or (model is not None and model.version == champion.version)
