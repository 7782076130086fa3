"""`pytune` as it is typed, and in a process forked from one that has imported it.

To start Python and import what a command needs takes longer than most commands.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver, get_context
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import pytest

from app.cli import main

ROOT = Path(__file__).resolve().parents[2]
_STREAMS = ("stdin", "stdout", "stderr")
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["__main__", "app.cli.keeping", "app.cli.training"])


def start(
    *words: str, folder: Path | None = None, typed: str = "", **settings: str
) -> CompletedProcess[str]:
    """The command from the beginning, on a data folder."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT,
        env=_environment(folder, settings),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def run(
    *words: str, folder: Path | None = None, typed: str = "", **settings: str
) -> CompletedProcess[str]:
    """The same in a forked process."""
    with TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        # Threads that calculate would not be there after a fork.
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        forkserver.ensure_running()
        streams = [Path(made) / name for name in _STREAMS]
        for stream in streams:
            stream.write_text(typed if stream.name == "stdin" else "", encoding="utf-8")
        given = (streams, words, _environment(folder, settings))
        process = _PROCESSES.Process(target=_be_the_command, args=given)
        process.start()
        process.join()
        code = process.exitcode
        process.close()
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    assert code is not None
    return CompletedProcess(words, code, out, err)


def _environment(folder: Path | None, settings: dict[str, str]) -> dict[str, str]:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PYTUNE_")}
    if folder is not None:
        environment["PYTUNE_DATA_DIR"] = str(folder)
    return environment | settings


def _be_the_command(
    streams: Sequence[Path], words: Sequence[str], environment: Mapping[str, str]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDWR), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  open as long as it lives
    sys.argv = ["pytune", *words]
    main()
