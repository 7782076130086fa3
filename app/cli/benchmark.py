"""`pytune benchmark`: algorithms on any pair of files."""

import json
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.ml.comparison import Comparison

_AUTO = ("popularity", "rp3beta", "neighbours", "als", "ials", "ease", "blend")


def benchmark(
    *,
    train: Annotated[Path, typer.Option(help="Pairs to tune and fit on.")],
    test: Annotated[Path, typer.Option(help="Pairs to foresee.")],
    layout: Annotated[
        str,
        typer.Option(
            "--format", help="adjacency: lines `user item item …`; triplets: `user item value`."
        ),
    ] = "triplets",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Length of the lists.")] = 20,
    algorithms: Annotated[
        str, typer.Option(help=f"auto, or some of {','.join(_AUTO)}, divided by commas.")
    ] = "auto",
    budget_seconds: Annotated[
        float, typer.Option(min=1, help="For everything but the last fit.")
    ] = 600,
    seed: Annotated[int, typer.Option(min=0, help="Of splits, searches and fits.")] = 0,
    item_tags: Annotated[
        Path | None, typer.Option(help="Lines `item tag count`, taken where they help.")
    ] = None,
    memory_mib: Annotated[
        float | None,
        typer.Option(
            min=1,
            help="A fit that needs more is left out; three quarters of the machine's if not given.",
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
) -> None:
    """Tune on one file of pairs, rank for the other, and compare; needs no database."""
    from app.cli import progress
    from app.machine import memory_for_fits
    from app.ml.comparison import compare
    from app.ml.pair_files import Names
    from app.ml.search import Search

    began = monotonic()
    names = Names()
    wanted = _AUTO if algorithms == "auto" else tuple(algorithms.replace(" ", "").split(","))
    _check_writable(json_file)
    with progress.bars() as shown:
        task = shown.add_task("benchmark", total=1.0, note="reading")
        known, hidden = (names.interactions(path, layout) for path in (train, test))
        tags = names.tags(item_tags) if item_tags else None
        search = Search(
            max(1.0, budget_seconds - (monotonic() - began)),
            wanted,
            seed=seed,
            k=k,
            memory_mib=memory_mib or memory_for_fits(),
            features=None if tags is None else lambda _: tags,
            report=lambda done: shown.update(task, completed=done),
            record=lambda trial: shown.update(task, note=f"{trial.arm} {trial.ndcg:.4f}"),
        )
        found = compare(known, hidden, search)
    _print(found, k)
    if json_file is not None:
        json_file.write_text(json.dumps(found.as_json(), indent=2) + "\n", encoding="utf-8")


def _check_writable(path: Path | None) -> None:
    from app.errors import InvalidInput

    if path is not None and not path.absolute().parent.is_dir():
        raise InvalidInput("json", f"there is no folder {path.absolute().parent}")


def _print(found: "Comparison", k: int) -> None:
    from rich.table import Table

    from app.cli.out import OUT

    table = Table(box=None, pad_edge=False)
    table.add_column("algorithm")
    for heading in (f"NDCG@{k}", f"Recall@{k}", "fit seconds", "peak MiB"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for at in found.algorithms:
        figures = (f"{at.ndcg.mean():.4f}", f"{at.recall.mean():.4f}")
        cost = (f"{at.fit_seconds:.1f}", f"{at.peak_mib:,.0f}")
        table.add_row(at.name, *figures, *cost, "chosen" if at is found.chosen else "")
    OUT.print(table)
    if found.left_out:
        OUT.print(f"Left out for want of time: {', '.join(found.left_out)}.")
