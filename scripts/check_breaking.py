"""Say what of the API would break its clients: check_breaking.py RELEASED NOW CHANGELOG.

RELEASED is the schema that clients hold on to, written anew at each release. Fails unless the
changelog's [Unreleased] announces each change in a line beginning "- Breaking:" that names it.
"""

import sys
from pathlib import Path

from graphql import BreakingChange, build_schema, find_breaking_changes

_MARK = "- Breaking:"


def unannounced(released: str, now: str, changelog: str) -> list[BreakingChange]:
    """Breaking changes that no line of the changelog's newest part names."""
    newest = changelog.partition("## [Unreleased]")[2].partition("\n## ")[0]
    lines = [line for line in newest.splitlines() if line.startswith(_MARK)]
    changes = find_breaking_changes(build_schema(released), build_schema(now))
    return [change for change in changes if not any(_names(line, change) for line in lines)]


def _names(line: str, change: BreakingChange) -> bool:
    """Whether a word of the change's description stands in the line as code."""
    words = (word.strip(".'\"") for word in change.description.split())
    return any(f"`{word}`" in line for word in words)


def main(paths: list[str]) -> int:
    """0 if nothing breaks, or all that does is announced."""
    left = unannounced(*(Path(path).read_text(encoding="utf-8") for path in paths))
    for change in left:
        sys.stdout.write(f"{change.description} Announce it in the changelog: {_MARK} `…` …\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
