"""The schema as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DEFAULT_DEPRECATION_REASON,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    get_nullable_type,
)

from app import graphql
from app.graphql.enums import Algorithm
from app.graphql.measures import MetricName, SliceName
from app.ml.algorithms import ALGORITHMS
from app.ml.evaluation import SLICES
from app.ml.measuring import METRICS

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = build_schema(graphql.export())
OURS = {
    name: kind
    for name, kind in SCHEMA.type_map.items()
    if not name.startswith("__") and name not in {"Boolean", "Float", "ID", "Int", "String"}
}
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}


def test_the_exported_file_agrees() -> None:
    kept = (ROOT / "schema.graphql").read_text()
    assert kept == graphql.export(), "run `pytune schema > schema.graphql`"


def _members(name: str, kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield name, kind.description
    if isinstance(kind, GraphQLEnumType):
        for member, value in kind.values.items():
            yield f"{name}.{member}", value.description
    if isinstance(kind, GraphQLInputObjectType):
        for member, given in kind.fields.items():
            yield f"{name}.{member}", given.description
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for member, asked in kind.fields.items():
            yield f"{name}.{member}", asked.description
            for argument, about in asked.args.items():
                yield f"{name}.{member}({argument})", about.description


def test_everything_is_described() -> None:
    described = {place: text for name, kind in OURS.items() for place, text in _members(name, kind)}
    assert len(described) > len(OURS)
    for directive in SCHEMA.directives:
        described[f"@{directive.name}"] = directive.description
        described |= {
            f"@{directive.name}({n}:)": one.description for n, one in directive.args.items()
        }
    assert "@requires(role:)" in described
    assert [place for place, text in described.items() if not text] == []


def _given_up_without_a_word(schema: GraphQLSchema) -> list[str]:
    """What is deprecated for no reason of its own."""
    reasons = {
        place: reason
        for name, kind in schema.type_map.items()
        for place, reason in _deprecations(name, kind)
    }
    return [place for place, reason in reasons.items() if reason == DEFAULT_DEPRECATION_REASON]


def _deprecations(name: str, kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    members: dict[str, Any] = getattr(kind, "fields", None) or getattr(kind, "values", None) or {}
    for member, one in members.items():
        yield f"{name}.{member}", one.deprecation_reason
        for argument, about in getattr(one, "args", {}).items():
            yield f"{name}.{member}({argument}:)", about.deprecation_reason


def test_what_is_deprecated_says_why() -> None:
    silent = build_schema(
        """type Query { a: Int @deprecated b(c: Int @deprecated): Int @deprecated(reason: "") }
        enum E { F G @deprecated } input I { j: Int @deprecated }"""
    )
    assert _given_up_without_a_word(silent) == ["Query.a", "Query.b(c:)", "E.G", "I.j"]
    assert _given_up_without_a_word(SCHEMA) == []


@pytest.mark.parametrize(("name", "mutation"), MUTATIONS.items())
def test_a_mutation_takes_one_input_and_gives_its_union(name: str, mutation: GraphQLField) -> None:
    assert set(mutation.args) <= {"input"}
    result = get_named_type(mutation.type)
    assert result.name == f"{name[0].upper()}{name[1:]}Result"
    assert isinstance(result, GraphQLUnionType)
    problem = SCHEMA.type_map["Problem"]
    assert isinstance(problem, GraphQLInterfaceType)
    assert [member.name for member in result.types if problem not in member.interfaces][1:] == []


def test_what_has_an_id_that_lasts_is_a_node() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    nodes = {kind.name for kind in SCHEMA.get_possible_types(node)}
    assert nodes == {
        "Alert",
        "Artist",
        "DataImport",
        "Listen",
        "Playlist",
        "Token",
        "Track",
        "Training",
        "Tuning",
        "EvaluationRun",
        "User",
    }


def test_connections_have_relays_shape() -> None:
    connections = [kind for name, kind in OURS.items() if name.endswith("Connection")]
    assert connections
    for kind in connections:
        assert isinstance(kind, GraphQLObjectType)
        types = {name: str(asked.type) for name, asked in kind.fields.items()}
        edges = str(get_nullable_type(kind.fields["edges"].type))
        assert edges == f"[{kind.name.removesuffix('Connection')}Edge!]"
        assert (types["pageInfo"], types["totalCount"]) == ("PageInfo!", "Int!")


def test_the_closed_sets_are_the_mathematics_own() -> None:
    assert set(Algorithm) == set(ALGORITHMS)
    assert set(MetricName) == set(METRICS)
    assert set(SliceName) == set(SLICES)
