"""Tests are shared out among processes by file, or by folder where what they start is dear."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

DEAR = ("stack/", "browser/", "browser/test_accessible.py", "faults/")
"""Each starts a server once a run. They take longest, so they begin first, and in this order: the
demo is set up for the first and the last while the others, which do without, are run."""


def group_of(nodeid: str) -> str:
    """The narrowest of the dear ones that it belongs to, or its file."""
    file = nodeid.split("::", maxsplit=1)[0]
    dear = (each for each in DEAR if file.startswith(f"tests/{each}"))
    return max(dear, key=len, default=file)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """A group of tests is run by one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn_of(group_of(item.nodeid)))


def _turn_of(group: str) -> int:
    return DEAR.index(group) if group in DEAR else len(DEAR)
