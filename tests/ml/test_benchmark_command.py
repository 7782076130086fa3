import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli.benchmark import _AUTO
from app.cli.commands import app
from app.errors import InvalidInput
from app.ml.interactions import Interactions
from app.ml.search_space import TUNED


@pytest.fixture
def files(tastes: Interactions, tmp_path: Path) -> list[str]:
    held = np.random.default_rng(5).random(len(tastes)) < 0.2
    paths = [tmp_path / "train.csv", tmp_path / "test.csv"]
    for path, kept in zip(paths, (~held, held), strict=True):
        part = tastes.at(np.flatnonzero(kept))
        columns = (part.listener_ids, part.track_ids, part.doings.plays)
        path.write_text("\n".join(f"u{u},i{i},{v:g}" for u, i, v in zip(*columns, strict=True)))
    return ["--train", str(paths[0]), "--test", str(paths[1])]


def test_it_prints_the_table_and_writes_the_figures(files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    options = [
        "-k",
        "5",
        "--algorithms",
        "neighbours,popularity",
        "--budget-seconds",
        "6",
        "--seed",
        "1",
    ]
    done = CliRunner().invoke(app, ["benchmark", *files, *options, "--json", str(out)])
    assert done.exit_code == 0, done.output
    figures = json.loads(out.read_text())
    assert {at["name"] for at in figures["algorithms"]} == {"neighbours", "popularity"}
    assert figures["chosen"]["name"] == "neighbours"
    line = next(line for line in done.output.splitlines() if line.startswith("neighbours"))
    assert re.findall(r"\d+\.\d{4}", line) == [
        f"{figures['chosen']['ndcg_at_k']:.4f}",
        f"{figures['chosen']['recall_at_k']:.4f}",
    ]
    assert line.rstrip().endswith("chosen")


@pytest.mark.parametrize(
    ("options", "field"),
    [(["--format", "matrix"], "format"), (["--algorithms", "astrology"], "algorithms")],
)
def test_wrong_words_are_named(files: list[str], options: list[str], field: str) -> None:
    done = CliRunner().invoke(app, ["benchmark", *files, *options])
    assert isinstance(done.exception, InvalidInput)
    assert done.exception.field == field


def test_no_budget_is_spent_where_the_figures_could_not_be_written(files: list[str]) -> None:
    done = CliRunner().invoke(app, ["benchmark", *files, "--json", "/nowhere/at/all.json"])
    assert isinstance(done.exception, InvalidInput)
    assert done.exception.field == "json"


def test_auto_is_every_algorithm_there_is() -> None:
    assert (*TUNED, "blend") == _AUTO
