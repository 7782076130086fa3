"""Signing in and out, and users."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread

from app import accounts, preferences
from app.access import Viewer
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.enums import Role
from app.graphql.ids import Node, global_id
from app.graphql.library import Library
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First
from app.graphql.permissions import for_administrators, for_listeners, for_owner, public
from app.graphql.preferences import Preferences
from app.graphql.tokens import Token, tokens_page
from app.models import User as UserRow
from app.models.columns import id_of

TOKEN_NAME = "GraphQL"  # noqa: S105  names where a token was given, is none itself


@strawberry.type(description="Somebody who can sign in, or a listener from imported data.")
class User(Library, Node):
    name: str = strawberry.field(description="The name to sign in with.")
    role: Role = strawberry.field(description="What the user may do.")

    @classmethod
    def of(cls, user: UserRow | Viewer) -> Self:
        number = user.id if isinstance(user, Viewer) else id_of(user)
        return cls(id=global_id("User", number), name=user.name, role=user.role, number=number)

    @for_owner("Where they are signed in: browsers and programs, the newest first.")
    async def tokens(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Token]:
        return await tokens_page(info.context, self.number, first, after)

    @for_owner("The language and the time zone they chose.")
    async def preferences(self, info: Info) -> Preferences:
        chosen = await info.context.read(lambda session: preferences.of_user(session, self.number))
        return Preferences.of(chosen)


@strawberry.input(description="Name and password.")
class LoginInput:
    username: str = strawberry.field(description="The user's name; case does not matter.")
    password: str = strawberry.field(description="The password.")


@strawberry.type(description="Signed in.")
class LoginSuccess:
    token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`. It is shown this once."
    )
    expires_at: datetime = strawberry.field(description="When the token ends by itself.")
    user: User = strawberry.field(description="Who is signed in.")


@strawberry.type(description="Signed out.")
class LogoutSuccess:
    user: User = strawberry.field(description="Who was signed in until now.")


@strawberry.input(description="A new user.")
class CreateUserInput:
    name: str = strawberry.field(
        description=f"1 to {accounts.MAX_NAME} printable characters that no other user has."
    )
    password: str = strawberry.field(
        description=f"{accounts.MIN_PASSWORD} to {accounts.MAX_PASSWORD} characters."
    )
    role: Role = strawberry.field(default=Role.LISTENER, description="What the user may do.")


@strawberry.type(description="The user can sign in now.")
class UserCreated:
    user: User = strawberry.field(description="The new user.")


LoginResult = Annotated[
    LoginSuccess | problems.InvalidCredentials | problems.RateLimited,
    strawberry.union("LoginResult", description="What `login` gives."),
]
LogoutResult = Annotated[
    LogoutSuccess, strawberry.union("LogoutResult", description="What `logout` gives.")
]
CreateUserResult = Annotated[
    UserCreated | problems.InvalidInput | problems.NameTaken,
    strawberry.union("CreateUserResult", description="What `createUser` gives."),
]


@strawberry.type
class AccountsQuery:
    @public("Who is signed in; null for nobody.")
    async def viewer(self, info: Info) -> User | None:
        viewer = info.context.viewer
        return User.of(viewer) if viewer else None


@strawberry.type
class AccountsMutation:
    @public("Get a token for a name and a password.")
    async def login(
        self,
        info: Info,
        credentials: Annotated[
            LoginInput, strawberry.argument(name="input", description="Who, and the proof.")
        ],
    ) -> LoginResult:
        state, caller = info.context.state, info.context.caller
        name, password = credentials.username, credentials.password
        sign_in = await state.hashing.run(
            lambda: state.access.sign_in(caller, name, password, TOKEN_NAME)
        )
        return LoginSuccess(
            token=sign_in.token, expires_at=sign_in.expires_at, user=User.of(sign_in.user)
        )

    @for_listeners("End the token that this request is made with.")
    async def logout(self, info: Info) -> LogoutResult:
        viewer = info.context.signed_in
        await to_thread.run_sync(info.context.state.access.sign_out, info.context.caller)
        return LogoutSuccess(user=User.of(viewer))

    @for_administrators("Add a user.")
    async def create_user(
        self,
        info: Info,
        wanted: Annotated[
            CreateUserInput, strawberry.argument(name="input", description="The new user.")
        ],
    ) -> CreateUserResult:
        password = await info.context.state.hashing.run(lambda: accounts.hashed(wanted.password))
        user = await info.context.write(
            lambda session: accounts.create_user(session, wanted.name, password, wanted.role)
        )
        return UserCreated(user=User.of(user))


async def users_of(context: Context, numbers: list[int]) -> list[User | None]:
    """Users in the order of their numbers; None where the viewer may not see one."""
    viewer = context.signed_in
    rows = await context.read(lambda session: accounts.users_by_id(session, numbers))
    return [
        User.of(row) if row and (viewer.is_administrator or row.id == viewer.id) else None
        for row in rows
    ]
