"""docs/api.md for who comes from a REST interface: each address leads to an example."""

import re

from tests.graphql.test_docs import PAGE, examples_in

ROW = re.compile(r"^\| `(?:GET|POST) (/\S*)` \| (.+) \| \[.+\]\(#(.+)\) \|$", re.MULTILINE)


def _shown() -> dict[str, set[str]]:
    """The operations that the examples of each section show, by its anchor."""
    shown = {}
    for section in PAGE.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        fields = set().union(*(example.fields for example in examples_in(section)))
        shown[title.lower().replace(" ", "-")] = {name.partition(".")[2] for name in fields}
    return shown


def test_every_address_leads_to_an_example_of_each_of_its_operations() -> None:
    rows, shown = ROW.findall(PAGE), _shown()
    assert {address for address, _, _ in rows} == {
        *("/", "/login", "/search", "/recommendation", "/similar", "/event"),
        *("/admin/model/reload", "/admin/model/train", "/admin/user", "/admin/recommendation"),
    }
    for address, operations, anchor in rows:
        named = set(re.findall(r"`(\w+)", operations))
        assert named, address
        assert named <= shown[anchor], address
