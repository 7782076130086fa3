"""Users, for administrators: who there is, invitations, resets, roles, who may sign in."""

from datetime import datetime, timedelta
from typing import Annotated, Self

import strawberry

from app import accounts, users
from app.graphql import problems
from app.graphql.accounts import User
from app.graphql.context import Info
from app.graphql.enums import Role, UserState
from app.graphql.ids import required_number
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators, public
from app.models.columns import id_of
from app.users import Account, Link


@strawberry.type(description="A user as administrators see them.")
class UserAccount:
    user: User = strawberry.field(description="The user.")
    state: UserState = strawberry.field(description="Whether they can sign in.")
    created_at: datetime = strawberry.field(description="When the user was added.")
    disabled_at: datetime | None = strawberry.field(
        description="Since when they are let in no more."
    )
    link_expires_at: datetime | None = strawberry.field(
        description="When the link that waits for them expires; null where none waits."
    )

    @classmethod
    def of(cls, account: Account) -> Self:
        return cls(
            user=User.of(account.user),
            state=account.state,
            created_at=account.user.created_at,
            disabled_at=account.user.disabled_at,
            link_expires_at=account.link_expires_at,
        )


@strawberry.type(description="A link by which a user picks a password, once.")
class PasswordLink:
    path: str = strawberry.field(
        description="Put it behind the address that PyTune is reached at. It is shown this once."
    )
    token: str = strawberry.field(description="What `setPasswordByLink` takes.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")

    @classmethod
    def of(cls, link: Link) -> Self:
        path = f"/invitations/{link.token}"
        return cls(path=path, token=link.token, expires_at=link.expires_at)


@strawberry.input(description="Somebody who shall pick a password by a link.")
class InviteUserInput:
    name: str = strawberry.field(
        description=f"1 to {accounts.MAX_NAME} printable characters that no other user has."
    )
    role: Role = strawberry.field(default=Role.LISTENER, description="What the user may do.")


@strawberry.input(description="Who gets a link.")
class MakePasswordLinkInput:
    user_id: strawberry.ID = strawberry.field(description="The user's id.")


@strawberry.input(description="A link, and the password that was picked.")
class SetPasswordByLinkInput:
    token: str = strawberry.field(description="The last part of the link's path.")
    password: str = strawberry.field(
        description=f"{accounts.MIN_PASSWORD} to {accounts.MAX_PASSWORD} characters."
    )


@strawberry.input(description="What a user may do from now on.")
class SetUserRoleInput:
    user_id: strawberry.ID = strawberry.field(description="The user's id.")
    role: Role = strawberry.field(description="The role.")


@strawberry.input(description="Whom to let in no more.")
class DisableUserInput:
    user_id: strawberry.ID = strawberry.field(description="The user's id.")


@strawberry.input(description="Whom to let in again.")
class EnableUserInput:
    user_id: strawberry.ID = strawberry.field(description="The user's id.")


@strawberry.type(description="The user was added, and the link waits for them.")
class UserInvited:
    account: UserAccount = strawberry.field(description="The new user.")
    link: PasswordLink = strawberry.field(description="The link to hand over.")


@strawberry.type(description="The link waits; an older one of theirs has ended.")
class PasswordLinkMade:
    account: UserAccount = strawberry.field(description="The user.")
    link: PasswordLink = strawberry.field(description="The link to hand over.")


@strawberry.type(description="The password holds, and whatever was signed in with before ended.")
class PasswordSet:
    user: User = strawberry.field(description="Who can sign in with it.")


@strawberry.type(description="What the user may do or not do has changed.")
class UserChanged:
    account: UserAccount = strawberry.field(description="The user as they are now.")


InviteUserResult = Annotated[
    UserInvited | problems.InvalidInput | problems.NameTaken,
    strawberry.union("InviteUserResult", description="What `inviteUser` gives."),
]
MakePasswordLinkResult = Annotated[
    PasswordLinkMade | problems.InvalidInput | problems.NotFound,
    strawberry.union("MakePasswordLinkResult", description="What `makePasswordLink` gives."),
]
SetPasswordByLinkResult = Annotated[
    PasswordSet | problems.InvalidInput | problems.LinkInvalid,
    strawberry.union("SetPasswordByLinkResult", description="What `setPasswordByLink` gives."),
]
SetUserRoleResult = Annotated[
    UserChanged | problems.InvalidInput | problems.NotFound | problems.LastAdministrator,
    strawberry.union("SetUserRoleResult", description="What `setUserRole` gives."),
]
DisableUserResult = Annotated[
    UserChanged | problems.InvalidInput | problems.NotFound | problems.LastAdministrator,
    strawberry.union("DisableUserResult", description="What `disableUser` gives."),
]
EnableUserResult = Annotated[
    UserChanged | problems.InvalidInput | problems.NotFound,
    strawberry.union("EnableUserResult", description="What `enableUser` gives."),
]


@strawberry.type
class UsersQuery:
    @for_administrators("Users, the newest first.")
    async def users(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        search: Annotated[
            str | None,
            strawberry.argument(description="Only those whose name holds it, whatever the case."),
        ] = None,
    ) -> Connection[UserAccount]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: users.users(session, page.and_one_more, before, search or "")
        )
        return page.connection(
            rows,
            UserAccount.of,
            lambda account: [id_of(account.user)],
            lambda session: users.count_users(session, search or ""),
        )


@strawberry.type
class UsersMutation:
    @for_administrators("Add a user who picks a password by a link.")
    async def invite_user(
        self,
        info: Info,
        wanted: Annotated[InviteUserInput, strawberry.argument(name="input", description="Who.")],
    ) -> InviteUserResult:
        by, lifetime = info.context.signed_in.name, _lifetime(info)
        link = await info.context.write(
            lambda session: users.invite(session, wanted.name, wanted.role, by, lifetime)
        )
        return UserInvited(account=UserAccount.of(link.account), link=PasswordLink.of(link))

    @for_administrators("A link by which a user picks a first or another password.")
    async def make_password_link(
        self,
        info: Info,
        wanted: Annotated[
            MakePasswordLinkInput, strawberry.argument(name="input", description="Whose.")
        ],
    ) -> MakePasswordLinkResult:
        number = required_number(wanted.user_id, "User", "userId")
        by, lifetime = info.context.signed_in.name, _lifetime(info)
        link = await info.context.write(
            lambda session: users.make_link(session, number, by, lifetime)
        )
        return PasswordLinkMade(account=UserAccount.of(link.account), link=PasswordLink.of(link))

    @public("Pick a password by a link, which ends by it, as every sign-in before does.")
    async def set_password_by_link(
        self,
        info: Info,
        picked: Annotated[
            SetPasswordByLinkInput,
            strawberry.argument(name="input", description="The link and the password."),
        ],
    ) -> SetPasswordByLinkResult:
        token, state = picked.token, info.context.state
        await info.context.read(lambda session: users.user_of_link(session, token))
        password = await state.hashing.run(lambda: accounts.hashed(picked.password))
        user = await info.context.write(lambda session: users.use_link(session, token, password))
        return PasswordSet(user=User.of(user))

    @for_administrators("Change what a user may do; the last administrator stays one.")
    async def set_user_role(
        self,
        info: Info,
        wanted: Annotated[
            SetUserRoleInput, strawberry.argument(name="input", description="Who, and what.")
        ],
    ) -> SetUserRoleResult:
        number = required_number(wanted.user_id, "User", "userId")
        changed = await info.context.write(
            lambda session: users.set_role(session, number, wanted.role)
        )
        return UserChanged(account=UserAccount.of(changed))

    @for_administrators("Let a user in no more, and sign them out everywhere.")
    async def disable_user(
        self,
        info: Info,
        unwanted: Annotated[
            DisableUserInput, strawberry.argument(name="input", description="Whom.")
        ],
    ) -> DisableUserResult:
        number = required_number(unwanted.user_id, "User", "userId")
        changed = await info.context.write(lambda session: users.disable(session, number))
        return UserChanged(account=UserAccount.of(changed))

    @for_administrators("Let a user in again, with the password they had.")
    async def enable_user(
        self,
        info: Info,
        wanted: Annotated[EnableUserInput, strawberry.argument(name="input", description="Whom.")],
    ) -> EnableUserResult:
        number = required_number(wanted.user_id, "User", "userId")
        changed = await info.context.write(lambda session: users.enable(session, number))
        return UserChanged(account=UserAccount.of(changed))


def _lifetime(info: Info) -> timedelta:
    return timedelta(hours=info.context.state.settings.password_link_hours)
