"""Tokens and sessions, which are the same thing, and the password that gives them."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from app import accounts, tokens
from app.accounts import MAX_PASSWORD, MAX_TOKEN_NAME, MIN_PASSWORD
from app.errors import InvalidInput
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.ids import Node, global_id, required_number
from app.graphql.paging import Connection, Page
from app.graphql.permissions import for_listeners
from app.models.columns import id_of
from app.tokens import MAX_DAYS, OwnToken

_USUAL_DAYS = 90


@strawberry.type(description="A browser that is signed in, or a program's token. Not its secret.")
class Token(Node):
    name: str = strawberry.field(
        description="What it is for; the browser, or `GraphQL`, where signing in gave it."
    )
    is_program: bool = strawberry.field(
        description="Whether it was made for a program; otherwise it came from signing in."
    )
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the hour; null before its first use."
    )
    created_at: datetime = strawberry.field(description="When it was given.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    is_current: bool = strawberry.field(description="Whether this request is made with it.")

    @classmethod
    def of(cls, token: OwnToken) -> Self:
        return cls(
            id=global_id("Token", id_of(token.row)),
            name=token.row.name,
            is_program=token.row.is_program,
            last_used_at=token.row.last_used_at,
            created_at=token.row.created_at,
            expires_at=token.row.expires_at,
            is_current=token.is_current,
        )


@strawberry.input(description="A token for a program.")
class CreateTokenInput:
    name: str = strawberry.field(
        description=f"What it is for: 1 to {MAX_TOKEN_NAME} printable characters."
    )
    expires_in_days: int = strawberry.field(
        default=_USUAL_DAYS, description=f"When it ends by itself: 1 to {MAX_DAYS} days from now."
    )


@strawberry.type(description="The token works from now on.")
class TokenCreated:
    token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`. It is shown this once."
    )
    expires_at: datetime = strawberry.field(description="When it ends by itself.")


@strawberry.input(description="A token that is not needed any more.")
class RevokeTokenInput:
    token_id: strawberry.ID = strawberry.field(description="The token's id.")


@strawberry.type(description="The token signs nobody in any more.")
class TokenRevoked:
    token: Token = strawberry.field(description="The token, as it was.")


@strawberry.input(description="How far to go.")
class SignOutEverywhereInput:
    keep_this: bool = strawberry.field(
        default=False, description="Whether the token that this request is made with stays."
    )


@strawberry.type(description="Browsers and programs have to sign in again.")
class SignedOutEverywhere:
    token_count: int = strawberry.field(description="How many tokens were ended.")


@strawberry.input(description="The proof, and what comes in its place.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(
        description=f"{MIN_PASSWORD} to {MAX_PASSWORD} characters."
    )


@strawberry.type(description="The new password holds; every other token was ended.")
class PasswordChanged:
    name: str = strawberry.field(description="The name to sign in with.")


CreateTokenResult = Annotated[
    TokenCreated | problems.InvalidInput,
    strawberry.union("CreateTokenResult", description="What `createToken` gives."),
]
RevokeTokenResult = Annotated[
    TokenRevoked | problems.InvalidInput | problems.NotFound,
    strawberry.union("RevokeTokenResult", description="What `revokeToken` gives."),
]
SignOutEverywhereResult = Annotated[
    SignedOutEverywhere,
    strawberry.union("SignOutEverywhereResult", description="What `signOutEverywhere` gives."),
]
ChangePasswordResult = Annotated[
    PasswordChanged | problems.InvalidInput | problems.InvalidCredentials | problems.RateLimited,
    strawberry.union("ChangePasswordResult", description="What `changePassword` gives."),
]


@strawberry.type
class TokensMutation:
    @for_listeners("Make a token for a program of the viewer's.")
    async def create_token(
        self,
        info: Info,
        wanted: Annotated[
            CreateTokenInput, strawberry.argument(name="input", description="The new token.")
        ],
    ) -> CreateTokenResult:
        viewer = info.context.signed_in
        made = await info.context.write(
            lambda session: tokens.create(session, viewer.id, wanted.name, wanted.expires_in_days)
        )
        return TokenCreated(token=made.token, expires_at=made.expires_at)

    @for_listeners("End a token of the viewer's.")
    async def revoke_token(
        self,
        info: Info,
        unwanted: Annotated[
            RevokeTokenInput, strawberry.argument(name="input", description="Which one.")
        ],
    ) -> RevokeTokenResult:
        viewer, current = info.context.signed_in, info.context.caller.token
        number = required_number(unwanted.token_id, "Token", "tokenId")
        ended = await info.context.write(
            lambda session: tokens.revoke(session, viewer.id, number, current)
        )
        return TokenRevoked(token=Token.of(ended))

    @for_listeners("Sign the viewer out wherever they are signed in, programs included.")
    async def sign_out_everywhere(
        self,
        info: Info,
        asked: Annotated[
            SignOutEverywhereInput | None,
            strawberry.argument(name="input", description="How far to go; null for all."),
        ] = None,
    ) -> SignOutEverywhereResult:
        viewer, current = info.context.signed_in, info.context.caller.token
        keep = current if asked and asked.keep_this else None
        count = await info.context.write(
            lambda session: tokens.revoke_all(session, viewer.id, keep)
        )
        return SignedOutEverywhere(token_count=count)

    @for_listeners("Give the viewer another password.")
    async def change_password(
        self,
        info: Info,
        change: Annotated[
            ChangePasswordInput, strawberry.argument(name="input", description="Old and new.")
        ],
    ) -> ChangePasswordResult:
        context, viewer = info.context, info.context.signed_in
        password = await context.state.hashing.run(lambda: _checked(context, change))
        await context.write(
            lambda session: tokens.change_password(
                session, viewer.id, password, context.caller.token
            )
        )
        return PasswordChanged(name=viewer.name)


def _checked(context: Context, change: ChangePasswordInput) -> accounts.Hashed:
    """The new one. Raises InvalidInput, InvalidCredentials or RateLimited: guessing is slow."""
    if change.new_password == change.current_password:
        raise InvalidInput("newPassword", "must not be the one until now: choose another")
    try:
        accounts.checked_password(change.new_password)
    except InvalidInput as problem:
        raise problem.on("newPassword") from None
    name, password = context.signed_in.name, change.current_password
    context.state.access.check_password(context.caller, name, password)
    return accounts.hashed(change.new_password)


async def tokens_page(
    context: Context, mine: int, first: int | None, after: str | None
) -> Connection[Token]:
    """Those of the viewer, whose number is `mine`."""
    page, current = Page.of(first, after, numbers=1), context.caller.token
    before = page.after[0] if page.after else None
    rows = await context.read(
        lambda session: tokens.of_user(session, mine, current, page.and_one_more, before)
    )
    return page.connection(
        rows,
        Token.of,
        lambda one: [id_of(one.row)],
        lambda session: tokens.count(session, mine),
    )


async def tokens_of(context: Context, numbers: list[int]) -> list[Token | None]:
    """The viewer's own in the order of their numbers; None for anything else."""
    viewer, current = context.signed_in, context.caller.token
    rows = await context.read(lambda session: tokens.by_id(session, viewer.id, numbers, current))
    return [Token.of(row) if row else None for row in rows]
