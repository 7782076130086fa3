"""Documents with their arguments taken out into variables, as programs send them."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from graphql import (
    ArgumentNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    parse_value,
    print_ast,
    value_from_ast_untyped,
    visit,
)

_FILE = Path(__file__).resolve().parents[2] / "schema.graphql"
SCHEMA = build_schema(_FILE.read_text(encoding="utf-8"))


class Way(StrEnum):
    """How the values of a document's arguments are sent."""

    IN_THE_DOCUMENT = "in the document"
    AS_VARIABLES = "as variables"
    AS_FLOATS = "as variables, whole numbers as 7.0"
    AS_DEFAULTS = "as the defaults of variables that are left out"


class _Arguments(Visitor):
    """Puts a variable in the place of each; alike ones share one, so that fields still merge."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.names: dict[tuple[str, str], str] = {}
        """By type and value, as GraphQL writes both."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode:
        key = (str(self.types.get_input_type()), print_ast(node.value))
        name = self.names.setdefault(key, f"v{len(self.names)}")
        return ArgumentNode(name=node.name, value=parse_value(f"${name}"))


def sent(document: str, way: Way) -> dict[str, Any]:
    """The request for the only operation of a document that has no variables yet."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    types = TypeInfo(SCHEMA)
    arguments = _Arguments(types)
    changed = visit(operation, TypeInfoVisitor(types, arguments))
    names = arguments.names
    if way is Way.IN_THE_DOCUMENT or not names:
        return {"query": document}
    default = " = {}" if way is Way.AS_DEFAULTS else ""
    declared = [f"${name}: {kind}{default.format(text)}" for (kind, text), name in names.items()]
    query = (
        f"{operation.operation.value} ({', '.join(declared)}) {print_ast(changed.selection_set)}"
    )
    if way is Way.AS_DEFAULTS:
        return {"query": query}
    values = {name: value_from_ast_untyped(parse_value(text)) for (_, text), name in names.items()}
    return {"query": query, "variables": _floated(values) if way is Way.AS_FLOATS else values}


def _floated(value: Any) -> Any:
    """The same, as a program may write it that knows one kind of number."""
    match value:
        case dict():
            return {name: _floated(one) for name, one in value.items()}
        case list():
            return [_floated(one) for one in value]
        case bool():
            return value
        case int():
            return float(value)
    return value
