"""Tests are shared out among processes by file, or by folder where what they start is dear."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

DEAR = ("browser/test_accessible.py", "browser/", "stack/", "faults/")
"""Each starts a server once a run. They take longest, so they begin first."""


def group_of(nodeid: str) -> str:
    """The first of the dear ones that it belongs to, or its file."""
    file = nodeid.split("::", maxsplit=1)[0]
    return next((each for each in DEAR if file.startswith(f"tests/{each}")), file)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """A group of tests is run by one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: group_of(item.nodeid) not in DEAR)
