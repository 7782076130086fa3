"""What a document asks for: its fields as a tree, fragments written out, repetitions merged.

Execution merges fields of one name in one place, and so does this tree. Nothing in it is longer
than the limits allow: the building stops at the first that is passed. That comes before
validation, which compares every repetition with every other: five kilobytes of them can keep it
busy for seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from strawberry.utils.str_converters import to_camel_case

MAX_DEPTH = 10
"""Levels of fields: deep enough for a list within a list, too few for one more within that."""
MAX_ALIASES = 15
"""An alias is the only way to ask for a costly field many times at once."""
MAX_DIRECTIVES = 50
MAX_FIELDS = 500
"""Written out. All of the schema takes fewer than 200."""
MAX_REPEATS = 60
"""Fields that stand in one place more than once, as they do where fragments overlap."""
_INTROSPECTION = {"__schema", "__type"}


class TooMuch(Exception):
    """A document is beyond a limit."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"Too many {what}: at most {most}.")
        self.values = {"what": what, "most": most}


@dataclass(slots=True)
class Asked:
    """A field, or an operation's root, with what is asked for below it, by name of the answer."""

    definition: GraphQLField | None = None
    """None for roots, and for fields that do not exist."""
    arguments: tuple[ArgumentNode, ...] = ()
    depth: int | None = 0
    """None within introspection, whose depth is watched by a rule of GraphQL's own."""
    below: dict[str, "Asked"] = field(default_factory=dict)
    spread: set[str] = field(default_factory=set)
    """Fragments that were spread here: once more adds nothing."""


Kind = GraphQLNamedType | None
_Waiting = list[tuple[SelectionSetNode, Kind, Asked]]


def asked_by(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Asked]:
    """Each operation's root by its name. Raises TooMuch."""
    return _Reading(schema, document).operations()


def name_of(operation: Asked) -> str:
    """The one root field's name: a word of the schema, never one that the client made up."""
    fields = [one.definition for one in operation.below.values() if one.definition]
    if len(fields) != 1:
        return "several" if fields else "introspection"
    return name_in_schema(fields[0])


def name_in_schema(definition: GraphQLField) -> str:
    """Of a field that is declared here, whatever an answer calls it."""
    declared = definition.extensions["strawberry-definition"]
    return str(declared.graphql_name or to_camel_case(declared.python_name))


class _Reading:
    """Goes through a document with a list of what waits, so that no nesting ends the stack."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.document = document
        self.fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.counts = dict.fromkeys(("aliases", "directives", "fields", "repeated fields"), 0)

    def operations(self) -> dict[str | None, Asked]:
        return {
            node.name.value if node.name else None: self._operation(node)
            for node in self.document.definitions
            if isinstance(node, OperationDefinitionNode)
        }

    def _operation(self, node: OperationDefinitionNode) -> Asked:
        root = Asked()
        self._count("directives", len(node.directives or ()), MAX_DIRECTIVES)
        waiting: _Waiting = [(node.selection_set, self.schema.get_root_type(node.operation), root)]
        while waiting:
            waiting.extend(self._read(*waiting.pop()))
        return root

    def _read(
        self, selections: SelectionSetNode, kind: Kind, place: Asked
    ) -> Iterator[tuple[SelectionSetNode, Kind, Asked]]:
        for selection in selections.selections:
            self._count("directives", len(selection.directives or ()), MAX_DIRECTIVES)
            if isinstance(selection, FieldNode):
                asked = self._field(selection, kind, place)
                if selection.selection_set:
                    yield selection.selection_set, _kind_of(asked), asked
            elif isinstance(selection, InlineFragmentNode):
                narrowed = selection.type_condition
                yield selection.selection_set, self._named(narrowed, kind), place
            elif isinstance(selection, FragmentSpreadNode):
                yield from self._fragment(selection.name.value, place)

    def _fragment(self, name: str, place: Asked) -> Iterator[tuple[SelectionSetNode, Kind, Asked]]:
        fragment = self.fragments.get(name)
        if fragment is not None and name not in place.spread:
            place.spread.add(name)
            yield fragment.selection_set, self._named(fragment.type_condition, None), place

    def _field(self, node: FieldNode, kind: Kind, place: Asked) -> Asked:
        name = node.name.value
        self._count("fields", 1, MAX_FIELDS)
        key = node.alias.value if node.alias else name
        if key in place.below:
            self._count("repeated fields", 1, MAX_REPEATS)
            return place.below[key]
        self._count("aliases", int(node.alias is not None), MAX_ALIASES)
        depth = None if place.depth is None or name in _INTROSPECTION else place.depth + 1
        if depth is not None and depth > MAX_DEPTH:
            raise TooMuch("levels of fields", MAX_DEPTH)
        definition = getattr(kind, "fields", {}).get(name)
        place.below[key] = Asked(definition, node.arguments or (), depth)
        return place.below[key]

    def _count(self, what: str, more: int, most: int) -> None:
        self.counts[what] += more
        if self.counts[what] > most:
            raise TooMuch(what, most)

    def _named(self, condition: object, otherwise: Kind) -> Kind:
        name = getattr(condition, "name", None)
        return self.schema.get_type(name.value) if name else otherwise


def _kind_of(asked: Asked) -> Kind:
    return get_named_type(asked.definition.type) if asked.definition else None
