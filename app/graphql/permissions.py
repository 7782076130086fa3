"""Fields with a resolver: each is declared with who may ask for it, which the schema prints."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import strawberry
from graphql import GraphQLSchema
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema_directive import Location

from app.access import required
from app.errors import NotYours
from app.graphql.context import Info
from app.graphql.enums import Role

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description="The field is for signed-in users of this role.",
)
class Requires:
    role: Role


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="own",
    description="The field is for the user themselves alone: administrators are refused as well.",
)
class Own:
    pass


def describe_role(schema: GraphQLSchema) -> None:
    """Say what the directive takes, which the library has no place for."""
    (directive,) = (one for one in schema.directives if one.name == "requires")
    directive.args["role"].description = "The least that is needed: administrators may all."


class HasRole(BasePermission):
    """Raises NotSignedIn or NotAllowed."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._schema_directive = Requires(role=role)  # type: ignore[misc]  # one for each role

    def has_permission(self, source: Any, info: Info, **_arguments: Any) -> bool:
        del source
        required(info.context.viewer, self.role)
        return True


class Owned(Protocol):
    """What belongs to one user."""

    number: int
    """The user's."""


class IsOwn(BasePermission):
    """Raises NotSignedIn or NotYours."""

    _schema_directive = Own()

    def has_permission(self, source: Owned, info: Info, **_arguments: Any) -> bool:
        if info.context.signed_in.id != source.number:
            raise NotYours
        return True


def public(description: str) -> Callable[[Resolver], Resolver]:
    """A field for everybody."""
    return _field(description)


def as_parent(description: str) -> Callable[[Resolver], Resolver]:
    """A field for whoever has got hold of the object that it belongs to."""
    return _field(description)


def for_owner(description: str) -> Callable[[Resolver], Resolver]:
    """A field of a user that nobody else sees, administrators included."""
    return _field(description, PermissionExtension([IsOwn()]))


def for_listeners(description: str) -> Callable[[Resolver], Resolver]:
    """A field for every signed-in user."""
    return _field(description, PermissionExtension([HasRole(Role.LISTENER)]))


def for_administrators(description: str) -> Callable[[Resolver], Resolver]:
    return _field(description, PermissionExtension([HasRole(Role.ADMINISTRATOR)]))


def followed_by_administrators(description: str) -> Callable[[Resolver], Resolver]:
    """A subscription."""
    declare: Callable[[Resolver], Resolver] = strawberry.subscription(
        description=description, extensions=[PermissionExtension([HasRole(Role.ADMINISTRATOR)])]
    )
    return declare


def followed_by_listeners(description: str) -> Callable[[Resolver], Resolver]:
    """A subscription."""
    declare: Callable[[Resolver], Resolver] = strawberry.subscription(
        description=description, extensions=[PermissionExtension([HasRole(Role.LISTENER)])]
    )
    return declare


def _field(description: str, *extensions: FieldExtension) -> Callable[[Resolver], Resolver]:
    declare: Callable[[Resolver], Resolver] = strawberry.field(
        description=description, extensions=list(extensions)
    )
    return declare
