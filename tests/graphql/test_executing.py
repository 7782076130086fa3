"""Plain values are taken quickly, and exactly as the library would give them."""

from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from app.graphql.executing import Executor


@strawberry.enum
class Mood(Enum):
    CALM = "calm"


@strawberry.type
class Song:
    title: str
    year: int | None = None
    mood: Mood = Mood.CALM
    like: "Song | None" = None
    parts: list["Song"] = strawberry.field(default_factory=list)

    @strawberry.field
    def twice(self, times: int = 2) -> str:
        return self.title * times


WRONG: Any = "nonsense"
NOTHING: Any = None


def _found() -> list[Song]:
    lost = Song(title="Rio")
    del lost.title
    return [
        Song(title="Rio"),
        Song(
            title="Rio",
            year=1982,
            like=Song(title="Waterloo"),
            parts=[Song(title="Rio"), Song(title="Rio", year=1)],
        ),
        Song(title="Rio", year=2**40),
        Song(title="Rio", mood=WRONG),
        Song(title="Rio", year=WRONG, like=Song(title=NOTHING)),
        Song(title="Rio", parts=NOTHING),
        lost,
    ]


@strawberry.type
class Query:
    @strawberry.field
    def songs(self) -> list[Song | None]:
        return list(_found())


ASKED = """query ($with: Boolean!) {
  songs {
    __typename
    name: title
    year @include(if: $with)
    mood
    twice(times: 1)
    like { title mood }
    parts { title year twice }
    ...more
  }
}
fragment more on Song { title year }"""
OURS = strawberry.Schema(Query, execution_context_class=Executor)
LIBRARYS = strawberry.Schema(Query)


def _told(schema: strawberry.Schema, *, with_year: bool) -> Any:
    answer = schema.execute_sync(ASKED, {"with": with_year})
    errors: list[GraphQLError] = answer.errors or []
    return answer.data, sorted((str(error.path), error.message) for error in errors)


@pytest.mark.parametrize("with_year", [True, False])
def test_values_nulls_and_errors_are_the_librarys(*, with_year: bool) -> None:
    data, errors = _told(OURS, with_year=with_year)
    assert (data, errors) == _told(LIBRARYS, with_year=with_year)
    assert data["songs"][1]["like"] == {"title": "Waterloo", "mood": "CALM"}
    assert data["songs"][1]["parts"][1]["year"] == 1
    assert len(errors) >= 4
