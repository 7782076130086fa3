"""The product as its users start it: `pytune demo` or `pytune up`, as real processes."""

import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.db import Database, open_database
from app.settings import Settings
from tests.stack.client import Client

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"PyTune serves (http://\S+)")
_ACCOUNT = re.compile(r"  (listener|administrator) +(\S+) / (\S+)")


@dataclass
class Running:
    """One parent process and what it has said so far."""

    folder: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    address: str = ""
    clients: list[Client] = field(default_factory=list)

    def client(self) -> Client:
        """Not signed in; closed with the stack."""
        self.clients.append(Client(self.address))
        return self.clients[-1]

    def signed_in(self, account: tuple[str, str]) -> Client:
        client = self.client()
        client.sign_in(*account)
        return client

    def await_line(self, wanted: re.Pattern[str]) -> re.Match[str]:
        """Read on until a line matches; the parent's end fails the test with all it said."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if match := wanted.match(line):
                return match
        raise AssertionError(f"it ended with {self.process.wait()}: {''.join(self.said)}")

    def kill_child(self, name: str) -> None:
        """kill -9 of the child that runs a command; until the parent says it started another."""
        self._kill(_child(self.process.pid, name))

    def kill_key_value_server(self) -> None:
        """kill -9 of the server itself, below its launcher."""
        self._kill(_child(_child(self.process.pid, "app.keyvalue"), "valkey-server"))

    def _kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        self.await_line(re.compile("(keyvalue|web|worker|scheduler) had died"))

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait()

    def kill(self) -> None:
        """kill -9 of the parent."""
        self.process.kill()
        self.process.wait()

    def await_no_process(self) -> None:
        """Every child holds the folder's lock by inheritance: it is free when all are gone."""
        with (self.folder / "running.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def database(self) -> Database:
        return open_database(Settings(data_dir=self.folder))


@contextmanager
def running(
    folder: Path, command: str = "up", settings: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start a command on a free port; it is interrupted at the end if it still runs."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PYTUNE_")}
    environment |= {"PYTUNE_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **(settings or {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", command, "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    started = Running(folder, process)
    try:
        started.address = started.await_line(_ADDRESS)[1]
        for _ in range(2 if command == "demo" else 0):
            role, name, password = started.await_line(_ACCOUNT).groups()
            started.accounts[role] = (name, password)
        yield started
    finally:
        for client in started.clients:
            client.http.close()
        process.send_signal(signal.SIGINT)
        process.communicate()
        started.await_no_process()


def _child(parent: int, name: str) -> int:
    """Process id of the parent's child that runs a command."""
    found = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", name], capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[0])
