"""Say what of the API would break its clients: check_breaking.py RELEASED NOW CHANGELOG.

RELEASED is the schema that clients hold on to, written anew at each release. Fails unless the
changelog's [Unreleased] announces each change in a line beginning "- Breaking:" that names its
place in the schema, as code: `Type.field`, `Type.field(argument:)`, `Enum.value`, `Type`.
"""

import re
import sys
from pathlib import Path

from graphql import BreakingChange, build_schema, find_breaking_changes

_MARK = "- Breaking:"
_PLACES = [
    re.compile(pattern)
    for pattern in (
        r"@\w+(\(\w+:\))?",
        r"\w+\.\w+(\(\w+:\))?",
        r"(?<=union type )\w+",
        r"(?<=Standard scalar )\w+",
        r"^\w+",
    )
]
"""Of a change's description: what is named by the first of these that is in it."""


def unannounced(released: str, now: str, changelog: str) -> list[BreakingChange]:
    """Breaking changes that no line of the changelog's newest part names."""
    newest = changelog.partition("## [Unreleased]")[2].partition("\n## ")[0]
    lines = [line for line in newest.splitlines() if line.startswith(_MARK)]
    changes = find_breaking_changes(build_schema(released), build_schema(now))
    return [change for change in changes if not any(f"`{place(change)}`" in line for line in lines)]


def place(change: BreakingChange) -> str:
    """Where in the schema it is."""
    found = (pattern.search(change.description) for pattern in _PLACES)
    return next(match[0] for match in found if match)


def main(paths: list[str]) -> int:
    """0 if nothing breaks, or all that does is announced."""
    left = unannounced(*(Path(path).read_text(encoding="utf-8") for path in paths))
    for change in left:
        sys.stdout.write(f"{change.description} Announce it: {_MARK} `{place(change)}` …\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
