"""Relay connections whose cursors say behind which item to continue, so inserts shift nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Self, TypeVar

import strawberry
from sqlmodel import Session
from strawberry.relay import PageInfo
from strawberry.relay.utils import from_base64, to_base64

from app.errors import InvalidInput, InvalidReason
from app.errors.invalid import out_of_range
from app.graphql.context import Info
from app.graphql.permissions import as_parent

R = TypeVar("R")
N = TypeVar("N")

DEFAULT_PAGE = 20
MAX_PAGE = 100
_DIGITS = 10
_KIND = "after"

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many: 1 to {MAX_PAGE}, {DEFAULT_PAGE} if null."),
]
After = Annotated[
    str | None,
    strawberry.argument(description="A cursor of this list: continue behind it; null to begin."),
]


@strawberry.type(description="An item of a page.")
class Edge(Generic[N]):
    cursor: str = strawberry.field(description="Give it as `after` to continue behind this item.")
    node: N = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = strawberry.field(description="The items with their cursors.")
    page_info: PageInfo = strawberry.field(description="Whether and where the list goes on.")
    count: strawberry.Private[Callable[[Session], int]]

    @as_parent("How many items the whole list has.")
    async def total_count(self, info: Info) -> int:
        return await info.context.read(self.count)


@dataclass(frozen=True, slots=True)
class Page:
    """What a client asks for, checked."""

    first: int
    after: list[int] | None
    """The numbers in the cursor."""

    @classmethod
    def of(cls, first: int | None, after: str | None, numbers: int) -> Self:
        """Raises InvalidInput for a size out of range, or a cursor without so many numbers."""
        return cls(checked_first(first), None if after is None else _numbers(after, numbers))

    @property
    def and_one_more(self) -> int:
        """How many to fetch, so that it shows whether there is a next page."""
        return self.first + 1

    def connection(
        self,
        rows: Sequence[R],
        node: Callable[[R], N],
        cursor: Callable[[R], Sequence[int]],
        count: Callable[[Session], int],
    ) -> Connection[N]:
        """The page's items; `rows` may hold one more."""
        edges = [Edge(cursor=_cursor(cursor(row)), node=node(row)) for row in rows[: self.first]]
        page_info = PageInfo(
            has_next_page=len(rows) > self.first,
            has_previous_page=self.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges=edges, page_info=page_info, count=count)


def bad_cursor() -> InvalidInput:
    problem = "must be a cursor of this list, as the API gave it"
    return InvalidInput("after", problem, InvalidReason.WRONG_CURSOR)


def checked_first(first: int | None, default: int = DEFAULT_PAGE, most: int = MAX_PAGE) -> int:
    """Raises InvalidInput for a size out of range."""
    size = default if first is None else first
    if not 1 <= size <= most:
        raise out_of_range("first", size, 1, most)
    return size


def _cursor(numbers: Sequence[int]) -> str:
    return to_base64(_KIND, ":".join(map(str, numbers)))


def _numbers(cursor: str, expected: int) -> list[int]:
    try:
        kind, text = from_base64(cursor)
    except ValueError:
        raise bad_cursor() from None
    parts = text.split(":")
    numeric = all(part.isascii() and part.isdecimal() and len(part) <= _DIGITS for part in parts)
    if kind != _KIND or len(parts) != expected or not numeric:
        raise bad_cursor()
    return [int(part) for part in parts]
