"""Delete one's account."""

from typing import Annotated

import strawberry
from anyio import to_thread

from app import erasing
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.permissions import for_listeners


@strawberry.input(description="The proof that it is really the viewer who asks.")
class DeleteAccountInput:
    password: str = strawberry.field(description="The viewer's password.")


@strawberry.type(description="The account is gone, with all that was derived from it.")
class AccountDeleted:
    name: str = strawberry.field(description="What the viewer was called; the name is free now.")


DeleteAccountResult = Annotated[
    AccountDeleted
    | problems.InvalidCredentials
    | problems.RateLimited
    | problems.LastAdministrator,
    strawberry.union("DeleteAccountResult", description="What `deleteAccount` gives."),
]


@strawberry.type
class ErasingMutation:
    @for_listeners(
        "Delete the viewer with their listens, feedback, served lists, playlists and tokens."
        " There is no way back; everything can be downloaded before, see `exportPath`."
    )
    async def delete_account(
        self,
        info: Info,
        proof: Annotated[
            DeleteAccountInput, strawberry.argument(name="input", description="The proof.")
        ],
    ) -> DeleteAccountResult:
        viewer, context = info.context.signed_in, info.context
        state, caller = context.state, context.caller
        await state.hashing.run(
            lambda: state.access.check_password(caller, viewer.name, proof.password)
        )
        await to_thread.run_sync(
            erasing.leave, context.state.database, context.state.settings, viewer.id
        )
        return AccountDeleted(name=viewer.name)
