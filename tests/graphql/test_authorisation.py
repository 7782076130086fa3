"""Who may ask for which field: every field of the roots, as everybody, against a table."""

import pytest
from graphql import build_schema

from app import graphql
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door
from tests.graphql.rights import MUTATIONS, QUERIES, SIGN_IN, For

SCHEMA = build_schema(graphql.export())
FIELDS = {f"query {{ {text} }}": allowed for allowed, text in QUERIES.values()} | {
    f"mutation {{ {text} }}": allowed for allowed, text in MUTATIONS.values()
}


def test_the_table_has_every_field() -> None:
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    assert set(QUERIES) == set(SCHEMA.query_type.fields)
    assert set(MUTATIONS) == set(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize(("document", "allowed"), FIELDS.items())
def test_who_may(door: Door, document: str, allowed: For) -> None:
    for user_id, code in zip((None, LISTENER, ADMINISTRATOR), allowed.value, strict=True):
        answer = door.post(document, user_id).json()
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ([code] if code else [])
        if code:
            assert not any((answer["data"] or {}).values())


def test_nothing_is_done_for_who_may_not(door: Door) -> None:
    create = f"mutation {{ {MUTATIONS['createUser'][1]} }}"
    door.error(create, LISTENER)
    assert door.ask(create, ADMINISTRATOR) == {"createUser": {"__typename": "UserCreated"}}


def test_an_ended_token_is_nobodys(door: Door) -> None:
    door.ask("mutation { logout { __typename } }")
    assert door.error("{ tracks { totalCount } }")["extensions"] == {"code": SIGN_IN}
