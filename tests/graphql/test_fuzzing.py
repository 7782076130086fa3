"""Every operation, asked in ways that schemathesis thinks of, breaks nothing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.graphql import fuzzing
from tests.graphql.fuzzing import OPERATIONS, Target, fuzz

EXAMPLES = int(os.environ.get("PYTUNE_TEST_FUZZ_EXAMPLES", "10"))
"""Of each operation; 50 in the workflow, which has more time than a developer."""


@pytest.fixture(scope="module")
def target(
    tmp_path_factory: pytest.TempPathFactory, seeded: Path, key_value_server: str
) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("fuzzed") / "data"
    shutil.copytree(seeded, folder)
    with fuzzing.target(Settings(data_dir=folder, redis_url=key_value_server)) as started:
        yield started


@pytest.mark.parametrize(("root", "name"), OPERATIONS)
def test_an_operation_breaks_nothing(target: Target, root: str, name: str) -> None:
    fuzz(target, root, name, examples=EXAMPLES, repeatable=True)
