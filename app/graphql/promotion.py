"""Which model is served: the champion, promoting another, rolling back, loading it anew."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread
from strawberry.scalars import JSON

from app import promotion, training
from app.errors import NoChampion
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.ids import required_number
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators
from app.graphql.training import Training
from app.models.columns import id_of
from app.training import Champion


@strawberry.type(description="A model that was made champion: the one to serve.")
class ModelVersion:
    version: int = strawberry.field(description="Number of its training.")
    training: Training = strawberry.field(description="The training that made it.")
    promoted_at: datetime = strawberry.field(description="When it was made champion.")
    promoted_by: str = strawberry.field(
        description="A user's name, or `gate` where its evaluation decided."
    )
    reason: str = strawberry.field(description="Why it was promoted.")
    is_rollback: bool = strawberry.field(
        description="Whether a rollback put it back, and took its predecessor off the line."
    )
    previous_version: int | None = strawberry.field(
        description="The champion that it replaced; null for the first."
    )

    @classmethod
    def of(cls, champion: Champion) -> Self:
        row = champion.promotion
        return cls(
            version=champion.version,
            training=Training.of(champion.training),
            promoted_at=row.created_at,
            promoted_by=row.promoted_by,
            reason=row.reason,
            is_rollback=row.is_rollback,
            previous_version=row.previous_id,
        )


@strawberry.input(description="A model to serve whatever the gate said of it.")
class PromoteModelInput:
    training_id: strawberry.ID = strawberry.field(description="The training that made it.")
    reason: str = strawberry.field(
        description=f"Why, in 1 to {promotion.MAX_REASON} characters: it stays on record."
    )


@strawberry.input(description="Go back to the champion before.")
class RollbackModelInput:
    reason: str = strawberry.field(
        description=f"Why, in 1 to {promotion.MAX_REASON} characters: it stays on record."
    )
    version: int | None = strawberry.field(
        default=None,
        description="The champion to leave: refused if another one is it by now, so that sent"
        " twice it goes back once. Null for whichever it is.",
    )


@strawberry.type(description="The model is champion; every server loads it at once.")
class ModelPromoted:
    champion: ModelVersion = strawberry.field(description="The champion now.")


@strawberry.type(description="The champion before is champion again; its files were kept.")
class ModelRolledBack:
    champion: ModelVersion = strawberry.field(description="The champion now.")


@strawberry.type(description="The champion was loaded anew from its files.")
class ModelReloaded:
    model_version: int = strawberry.field(description="Version of the model that is served now.")


PromoteModelResult = Annotated[
    ModelPromoted
    | problems.InvalidInput
    | problems.NotFound
    | problems.ModelRemoved
    | problems.ModelUnusable,
    strawberry.union("PromoteModelResult", description="What `promoteModel` gives."),
]
RollbackModelResult = Annotated[
    ModelRolledBack
    | problems.InvalidInput
    | problems.NoChampion
    | problems.NoPreviousChampion
    | problems.ModelRemoved
    | problems.ModelUnusable,
    strawberry.union("RollbackModelResult", description="What `rollbackModel` gives."),
]
ReloadModelResult = Annotated[
    ModelReloaded | problems.NoChampion | problems.ModelUnusable,
    strawberry.union("ReloadModelResult", description="What `reloadModel` gives."),
]


@strawberry.type
class PromotionQuery:
    @for_administrators("The model that is to be served; null before the first was promoted.")
    async def champion(self, info: Info) -> ModelVersion | None:
        found = await info.context.read(training.champion)
        return ModelVersion.of(found) if found else None

    @for_administrators("Every model that became champion, the newest first; one may stand twice.")
    async def promotions(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ModelVersion]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: promotion.promotions(session, page.and_one_more, before)
        )
        return page.connection(
            rows,
            ModelVersion.of,
            lambda champion: [id_of(champion.promotion)],
            promotion.count_promotions,
        )


@strawberry.type
class PromotionMutation:
    @for_administrators("Make a finished training's model the champion, by hand.")
    async def promote_model(
        self,
        info: Info,
        wanted: Annotated[
            PromoteModelInput, strawberry.argument(name="input", description="Which, and why.")
        ],
    ) -> PromoteModelResult:
        number = required_number(wanted.training_id, "Training", "trainingId")
        state, by = info.context.state, info.context.signed_in.name
        champion = await to_thread.run_sync(
            promotion.by_hand, state.database, state.queue, number, by, wanted.reason
        )
        return ModelPromoted(champion=ModelVersion.of(champion))

    @for_administrators("Put the champion before back; each time one further.")
    async def rollback_model(
        self,
        info: Info,
        wanted: Annotated[
            RollbackModelInput, strawberry.argument(name="input", description="From which, why.")
        ],
    ) -> RollbackModelResult:
        state, by = info.context.state, info.context.signed_in.name
        champion = await to_thread.run_sync(
            promotion.roll_back, state.database, state.queue, by, wanted.reason, wanted.version
        )
        return ModelRolledBack(champion=ModelVersion.of(champion))

    @for_administrators(
        "Load the champion from its files, whether it is loaded already or not. Every web process"
        " does so; what is told is how it went in the one that answers."
    )
    async def reload_model(self, info: Info) -> ReloadModelResult:
        follower = info.context.state.follower
        reload = await to_thread.run_sync(follower.reload_everywhere)
        if reload.problem is not None:
            return problems.ModelUnusable(
                message=reload.problem, code="bad_artifact", values=JSON({})
            )
        if reload.version is None:
            raise NoChampion
        return ModelReloaded(model_version=reload.version)
