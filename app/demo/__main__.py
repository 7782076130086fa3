"""`python -m app.demo FOLDER`: write a set of tracks and listens, of any size."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from app.demo.generator import GeneratedDemo, generate
from app.errors import PyTuneError


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 when the set was written, 1 when it could not be."""
    given = _parser().parse_args(arguments)
    try:
        made = generate(
            given.folder,
            listeners=given.listeners,
            tracks=given.tracks,
            seed=given.seed,
            until=given.until,
        )
    except (PyTuneError, OSError) as error:
        sys.stderr.write(f"python -m app.demo: {error}\n")
        return 1
    sys.stdout.write(_summary(made, given.folder))
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage that nobody asked for."""
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m app.demo", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--listeners", type=int, default=2_000, metavar="N")
    parser.add_argument(
        "--tracks",
        type=int,
        metavar="N",
        help="the whole catalogue unless told; beyond it, made up",
    )
    parser.add_argument("--seed", type=int, default=7, metavar="S")
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        default=date(2026, 10, 31),
        metavar="DATE",
        help="listens fill the year before this day",
    )
    return parser


def _summary(made: GeneratedDemo, folder: Path) -> str:
    return (
        f"{made.track_count:,} tracks and {made.listen_count:,} listens"
        f" of {made.listener_count:,} listeners in {folder}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
