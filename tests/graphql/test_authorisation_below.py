"""Who is told what lies below the roots: all of the schema is gone through as everybody."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLNamedType, get_named_type, is_composite_type

from app import graphql
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, PASSWORD, Door
from tests.graphql.rights import MUTATIONS, QUERIES, SIGN_IN, SUBSCRIPTIONS, For
from tests.graphql.rights_below import FIELDS, NODES, NOT_YOURS, OWN, PEOPLE, TO_ADMINISTRATORS
from tests.graphql.things import IDS, WORDS, add_each
from tests.graphql.walking import (
    CORE,
    TOLD,
    Place,
    below,
    names_in,
    reached,
    refused,
    resolved,
    told,
    written,
)


@dataclass
class Answers:
    """All that one person was answered, and what came of each field."""

    outcomes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    text: str = ""


@pytest.fixture
def full(door: Door, model: LoadedModel) -> Door:
    """With one of each kind of thing."""
    assert model.version == 1
    with door.state.database.write() as session:
        add_each(session)
    return door


def test_the_tables_have_every_field_and_kind() -> None:
    assert set(FIELDS) == resolved()
    assert set(NODES) == {kind.name for kind in CORE.get_possible_types(CORE.type_map["Node"])}
    assert set(SUBSCRIPTIONS) == set(CORE.subscription_type.fields)


def test_the_schema_says_what_is_only_for_its_owner() -> None:
    declared = re.findall(r"^  (\w+)(?:\([^)]*\))?: \S+ @own$", graphql.export(), re.MULTILINE)
    assert {f"User.{name}" for name in declared} == OWN


def test_what_only_administrators_fields_lead_to() -> None:
    """`node` and `nodes` apart, which lead anywhere."""
    fields: dict[bool, dict[str, Any]] = {True: {}, False: {}}
    tables = {"query": QUERIES, "mutation": MUTATIONS, "subscription": SUBSCRIPTIONS}
    for root, table in tables.items():
        for name, (allowed, _) in table.items():
            if name not in {"node", "nodes"}:
                one = getattr(CORE, f"{root}_type").fields[name]
                fields[allowed is For.ADMINISTRATORS][f"{root} {name}"] = one
    assert reached(fields[True]) - reached(fields[False]) == TO_ADMINISTRATORS


def test_everybody_is_told_below_what_the_table_says(full: Door) -> None:
    for place, person in enumerate(PEOPLE):
        found = _walk(full, person)
        wanted = {name: set(allowed.value[place]) for name, allowed in FIELDS.items()}
        assert {name: found.outcomes[name] for name in FIELDS} == wanted
        assert {word for word in WORDS if word in found.text} == {
            word for word, people in WORDS.items() if person in people
        }
    assert not _walk(full, None).outcomes


def test_node_gives_each_kind_to_whom_the_table_says(full: Door) -> None:
    for person in PEOPLE:
        given = full.ask(
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }",
            person,
            ids=[*IDS.values()],
        )["nodes"]
        wanted = {kind for kind, people in NODES.items() if person in people}
        assert {node["__typename"]: node["id"] for node in given if node} == {
            kind: IDS[kind] for kind in wanted
        }


def test_a_user_who_is_handed_over_keeps_their_own(full: Door) -> None:
    enable = f'enableUser(input: {{userId: "{IDS["User"]}"}}) {{ ... on UserChanged {{ account'
    for name in OWN:
        given = f"mutation {{ {enable} {{ {_user(name)} }} }} }} }}"
        assert full.error(given, ADMINISTRATOR)["extensions"]["code"] == NOT_YOURS


@pytest.mark.parametrize(("person", "code"), [(None, SIGN_IN), (OTHER, NOT_YOURS)])
def test_who_signs_in_is_not_yet_who_asks(full: Door, person: int | None, code: str) -> None:
    login = f'login(input: {{username: "ann", password: "{PASSWORD}"}})'
    given = f"mutation {{ {login} {{ ... on LoginSuccess {{ {_user('User.listens')} }} }} }}"
    assert full.error(given, person)["extensions"]["code"] == code


def test_who_may_not_follow(door: Door) -> None:
    for person, role in ((None, 0), (LISTENER, 1)):
        headers = {"Accept": "text/event-stream"}
        if person is not None:
            headers["Authorization"] = f"Bearer {door.token(person)}"
        for allowed, text in SUBSCRIPTIONS.values():
            body = {"query": f"subscription {{ {text} }}"}
            if code := allowed.value[role]:
                answer = door.client.post("/graphql", json=body, headers=headers).text
                assert f'"code":"{code}"' in answer


def _user(name: str) -> str:
    """A user with one field of theirs."""
    field_name = name.partition(".")[2]
    whole = is_composite_type(get_named_type(CORE.type_map["User"].fields[field_name].type))
    return f"user {{ {field_name} {'{ __typename }' if whole else ''} }}"


def _walk(door: Door, person: int | None) -> Answers:
    """Ask for all that lies below each query and below each kind of thing."""
    found = Answers()
    for head, kind in _starts():
        for one in (None, *OWN):
            place = below(kind, OWN, one)
            if one is None or one in names_in(place):
                _ask(door, person, head, place, found)
    return found


def _ask(door: Door, person: int | None, head: str, place: Place, found: Answers) -> None:
    answer = door.post(f"{{ {head} {written(place)} }}", person).json()
    found.text += str(answer["data"])
    for value in (answer["data"] or {}).values():
        for name in FIELDS.keys() & set(told(place, value)):
            found.outcomes[name].add(TOLD)
    for error in answer.get("errors", []):
        if (at := refused(place, error["path"][1:])) is not None:
            found.outcomes[at].add(error["extensions"]["code"])


def _starts() -> Iterator[tuple[str, GraphQLNamedType]]:
    """Documents' heads, with the type that each gives."""
    for name, (_, text) in QUERIES.items():
        if name not in {"node", "nodes"}:
            field = CORE.query_type.fields[name]
            few = "(first: 2)" if "first" in field.args and "(" not in text else ""
            yield text.partition(" {")[0] + few, get_named_type(field.type)
    for kind, number in IDS.items():
        yield f'node(id: "{number}")', CORE.type_map[kind]
