"""How much a document may ask for."""

import pytest
from graphql import is_object_type

from app.graphql import documents
from app.graphql.asked import MAX_ALIASES, MAX_DEPTH, MAX_DIRECTIVES, MAX_FIELDS, MAX_REPEATS
from app.graphql.cost import COMPUTED, MAX_COST, MAX_COST_OF_ADMINISTRATORS
from app.graphql.documents import MAX_TOKENS
from app.graphql.schema import schema
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door
from tests.graphql.variables import Way, sent


def _nested(depth: int) -> str:
    """A document whose fields nest so deeply."""
    steps = ("tracks", "edges", "node", "artist")
    opened = [steps[level % 4] for level in range(depth - 1)]
    return "{" + "".join(f"{step}{{" for step in opened) + "__typename" + "}" * depth


def _codes(door: Door, document: str) -> set[str]:
    answer = door.post(document).json()
    assert "data" not in answer
    return {error["extensions"]["code"] for error in answer["errors"]}


def test_depth(door: Door) -> None:
    assert door.error(_nested(MAX_DEPTH), None)["extensions"]["code"] == "not_signed_in"
    assert _codes(door, _nested(MAX_DEPTH + 1)) == {"too_complex"}


def test_depth_within_fragments(door: Door) -> None:
    fragment = "fragment f on Track { artist { tracks { edges { node { id } } } } }"
    nested = "{ tracks { edges { node { artist { tracks { edges { node { ...f } } } } } } } }"
    assert _codes(door, f"{nested} {fragment}") == {"too_complex"}


def test_aliases(door: Door) -> None:
    def document(count: int) -> str:
        return "{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(count)) + "}"

    assert len(door.ask(document(MAX_ALIASES), None)) == MAX_ALIASES
    assert door.error(document(MAX_ALIASES + 1))["extensions"] == {
        "code": "too_complex",
        "values": {"what": "aliases", "most": MAX_ALIASES},
    }


def test_aliases_count_each_time_their_fragment_is_used(door: Door) -> None:
    fragment = "fragment f on User { a: id b: id c: id d: id }"
    spread = " ".join(f"v{number}: viewer {{ ...f }}" for number in range(4))
    assert _codes(door, f"{{ {spread} }} {fragment}") == {"too_complex"}


def test_fields_of_a_fragment_count_wherever_it_is_used(door: Door) -> None:
    """36 in each place: one, three times the nine of the fragment, and eight on the way."""
    nine = "id title album year genre durationSeconds listenerCount youtubeId videoState"
    below = "artist { tracks(first: 1) { edges { node { ...f"
    within = f"...f {below} {below} {'} ' * 8}"

    def document(places: int) -> str:
        tracks = " ".join(f't{n}: track(id: "") {{ {within} }}' for n in range(places))
        return f"{{ {tracks} }} fragment f on Track {{ {nine} }}"

    assert 13 * 36 < MAX_FIELDS < 14 * 36
    assert len(door.post(document(13)).json()["errors"]) == 13, "nobody is signed in"
    assert _codes(door, document(14)) == {"too_complex"}


def test_the_same_field_again_and_again(door: Door) -> None:
    """Each would be compared with each: a few kilobytes could keep validation busy for seconds."""

    def document(times: int) -> str:
        return "{" + "viewer { id }" * times + "}"

    assert door.ask(document(1 + MAX_REPEATS // 2), None) == {"viewer": None}
    assert _codes(door, document(2 + MAX_REPEATS // 2)) == {"too_complex"}
    fragments = " ".join(f"fragment f{n} on Query {{ viewer {{ id }} }}" for n in range(40))
    spreads = " ".join(f"...f{n}" for n in range(40))
    assert _codes(door, f"{{ {spreads} }} {fragments}") == {"too_complex"}


def test_directives(door: Door) -> None:
    def document(count: int) -> str:
        return "{ viewer { " + "id @include(if: true) " * count + "} }"

    assert door.ask(document(MAX_DIRECTIVES), None) == {"viewer": None}
    assert _codes(door, document(MAX_DIRECTIVES + 1)) == {"too_complex"}


def test_directives_on_fragments_and_operations_count_too(door: Door) -> None:
    on = "@include(if: true) " * 26
    fragment = "fragment f on Query { status { state } }"
    assert "too_complex" in _codes(
        door, f"{{ ...f {on} ... {on} {{ viewer {{ id }} }} }} {fragment}"
    )
    on = "@nothing " * (MAX_DIRECTIVES + 1)
    assert "too_complex" in _codes(door, f"query {on} {{ viewer {{ id }} }}")


def test_tokens(door: Door) -> None:
    def document(ids: int) -> str:
        return "{ nodes(ids: [" + '"" ' * ids + "]) { id } }"

    within = document(MAX_TOKENS - 20)
    assert door.error(within, None)["extensions"]["code"] == "not_signed_in"
    assert _codes(door, document(MAX_TOKENS)) == {"invalid_request"}


@pytest.mark.parametrize(
    "document",
    [
        "{" + "tracks{" * 900 + "id" + "}" * 901,
        "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
        "query ($a: " + "[" * 900 + "ID" + "]" * 900 + ") { viewer { id } }",
        "{ ...f0 } "
        + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(230))
        + " fragment f230 on Query { status { state } }",
    ],
    ids=["fields", "lists", "types", "fragments"],
)
def test_nothing_nests_until_the_stack_ends(door: Door, document: str) -> None:
    answer = door.post(document)
    assert answer.status_code == 200
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    assert codes <= {"invalid_request", "too_complex"}


def test_fragments_that_spread_one_another_twice_cost_no_more_than_once(door: Door) -> None:
    spreads = " ".join(f"fragment f{n} on User {{ ...f{n + 1} ...f{n + 1} }}" for n in range(100))
    document = f"{{ viewer {{ ...f0 }} }} {spreads} fragment f100 on User {{ id }}"
    assert door.ask(document, None) == {"viewer": None}, "two to the power of 100 would never end"


def test_fragments_that_spread_themselves_are_refused(door: Door) -> None:
    document = "{ viewer { ...f } } fragment f on User { ...g } fragment g on User { ...f }"
    assert _codes(door, document) == {"invalid_request"}


def test_introspection_goes_no_deeper_than_it_must(door: Door) -> None:
    circle = "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"
    assert _codes(door, circle) == {"invalid_request"}


def _cost(door: Door, document: str, **variables: object) -> object:
    return door.post(document, LISTENER, **variables).json()["extensions"]["cost"]


def test_the_cost_is_told_with_every_answer(door: Door) -> None:
    told = door.post("{ tracks(first: 5) { edges { node { id title } } } }", LISTENER).json()
    assert told["extensions"] == {"cost": 10 + 1 + 5 * 1, "costLimit": MAX_COST, "requests": 1}
    told = door.post("{ viewer { id } }", ADMINISTRATOR).json()
    limit = MAX_COST_OF_ADMINISTRATORS
    assert told["extensions"] == {"cost": 10, "costLimit": limit, "requests": 1}


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ viewer { id name role } status { state } }", {}, 20),
        ("{ tracks { totalCount } }", {}, 11),
        ("{ tracks { edges { node { id } } } }", {}, 11 + 20),
        ("{ tracks(first: null) { edges { node { id } } } }", {}, 11 + 20),
        ("{ tracks(first: 1000) { edges { node { id } } } }", {}, 11 + 100),
        ("query ($n: Int) { tracks(first: $n) { edges { node { id } } } }", {"n": 7}, 11 + 7),
        ("query ($n: Int) { tracks(first: $n) { edges { node { id } } } }", {"n": None}, 11 + 20),
        ("query ($n: Int) { tracks(first: $n) { edges { node { id } } } }", {}, 11 + 20),
        ("query ($n: Int = 7) { tracks(first: $n) { edges { node { id } } } }", {}, 11 + 7),
        ("query ($n: Int = 7) { tracks(first: $n) { edges { node { id } } } }"
         , {"n": None}, 11 + 20),
        ("query ($n: Int) { tracks(first: $n) { edges { node { id } } } }", {"n": 7.0}, 11 + 7),
        ("query ($n: [ID!]!) { nodes(ids: $n) { id ... on Artist { tracks { totalCount } } } }"
         , {"n": "x"}, 10 + 1 + 1),
        ("query ($n: [ID!]!) { nodes(ids: $n) { id ...a } } fragment a on Artist { trackCount }"
         , {"n": ["x"] * 4}, 10 + 4),
        ('{ nodes(ids: ["", 7]) { ... on Artist { tracks(first: 3) { edges { node { id } } } } } }'
         , {}, 10 + 2 * (1 + 1 + 3)),
        ("{ recommendations(first: 4) { items { score track { id } reasons { contribution } } } }"
         , {}, 100 + 1 + 4 * (1 + 1)),
        ("{ a: mixes { id } b: mixes { id } }", {}, 2 * 300),
        ("{ trainings(first: 4) { edges { node { log { text } } } } }", {}, 10 + 1 + 4 * (1 + 25)),
        ("{ viewer { a: statistics { plays } b: statistics { plays } } }", {}, 10 + 2 * 500),
        ("query ($n: [ID!]!) { nodes(ids: $n) { ... on User { statistics { plays } } } }"
         , {"n": ["x"] * 4}, 10 + 4 * 500),
        ("{ viewer { id } __schema { types { name } } }", {}, 110),
        ("query one { viewer { id } }", {}, 10),
    ],
)  # fmt: skip
def test_what_an_operation_costs(
    door: Door, document: str, variables: dict[str, object], cost: int
) -> None:
    assert _cost(door, document, **variables) == cost


def test_what_is_weighed_is_one_field_each() -> None:
    kinds = schema._schema.type_map.values()
    fields = [name for kind in kinds if is_object_type(kind) for name in kind.fields]
    assert {name: fields.count(name) for name in COMPUTED} == dict.fromkeys(COMPUTED, 1)


TRACKS_OF_ARTISTS = """query ($n: Int) {
  artists(first: 100) { edges { node { tracks(first: $n) { edges { node { id } } } } } }
}"""


def test_what_costs_too_much_is_refused_unexecuted(door: Door) -> None:
    assert "errors" not in door.post(TRACKS_OF_ARTISTS, LISTENER, n=40).json()
    refused = door.post(TRACKS_OF_ARTISTS, LISTENER, n=50).json()
    assert "data" not in refused
    assert refused["extensions"]["cost"] > refused["extensions"]["costLimit"] == MAX_COST
    values = {"what": "cost", "given": refused["extensions"]["cost"], "most": MAX_COST}
    (error,) = refused["errors"]
    assert error["extensions"] == {"code": "too_complex", "values": values}
    assert "errors" not in door.post(TRACKS_OF_ARTISTS, ADMINISTRATOR, n=50).json()


@pytest.mark.parametrize("way", Way)
def test_however_a_number_is_sent_it_costs_the_same(door: Door, way: Way) -> None:
    document = TRACKS_OF_ARTISTS.replace("query ($n: Int)", "").replace("$n", "50")
    headers = {"Authorization": f"Bearer {door.token(LISTENER)}"}
    refused = door.client.post("/graphql", json=sent(document, way), headers=headers).json()
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["too_complex"]
    assert refused["extensions"]["cost"] == 10 + 1 + 100 * (1 + 1 + 1 + 50)


def test_one_of_several_operations_is_executed_by_its_name(door: Door) -> None:
    two = "query a { viewer { id } } query b { status { state } }"
    assert _codes(door, two) == {"invalid_request"}
    assert _codes(door, "{ viewer { id } } query b { status { state } }") == {"invalid_request"}
    for name, field in (("a", "viewer"), ("b", "status")):
        answer = door.client.post("/graphql", json={"query": two, "operationName": name})
        assert list(answer.json()["data"]) == [field]
    answer = door.client.post("/graphql", json={"query": two, "operationName": "c"})
    assert answer.status_code == 400


def test_a_long_document_is_read_each_time(door: Door) -> None:
    """What is remembered would fill the memory with other people's strings."""
    before = documents._remembered.cache_info().currsize  # type: ignore[attr-defined]
    assert door.ask(f"{{ viewer {{ id }} }} #{'x' * 20_000}", None) == {"viewer": None}
    assert documents._remembered.cache_info().currsize == before  # type: ignore[attr-defined]
