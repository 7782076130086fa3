"""Every operation, asked in 500 ways that schemathesis thinks of, other ones in each run."""

import pytest

from tests.graphql.conftest import seeded
from tests.graphql.fuzzing import OPERATIONS, Target, fuzz
from tests.graphql.test_fuzzing import target

__all__ = ["seeded", "target"]

EXAMPLES = 500
pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.mark.parametrize(("root", "name"), OPERATIONS)
def test_an_operation_breaks_nothing(target: Target, root: str, name: str) -> None:
    fuzz(target, root, name, examples=EXAMPLES, repeatable=False)
