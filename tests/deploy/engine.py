"""In Docker's place where there is none: as much of `docker compose` as a script of ours asks for.

`python -m tests.deploy.engine FOLDER compose …` in the project's folder. Containers are made by
hand (tests/deploy/image.py); MariaDB and this machine's Redis stand for MySQL and Redis, on ports
of their own on a loopback that all share: give it a network namespace of its own.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests import servers
from tests.deploy.image import Image, words_of

_SERVERS = ("mysql", "redis")
_LOOK_SECONDS = 0.2
_HOSTS = "127.0.0.1 localhost mysql redis\n"
_CREATE = """ALTER USER root@localhost IDENTIFIED BY '{root}';
CREATE DATABASE {database};
CREATE USER {user}@'%' IDENTIFIED BY '{password}';
GRANT ALL ON {database}.* TO {user}@'%';
"""


class Engine:
    """What runs is noted in a folder: a file of the process' number beside its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.image = Image(folder / "image")
        self.variables = {**_env_file(), **os.environ}
        text = re.sub(
            r"\$\{(\w+):-(.*?)\}", self._interpolated, Path("docker-compose.yml").read_text()
        )
        self.services: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(text)[
            "services"
        ]
        self.secrets = {f"/run/secrets/{path.name}": path for path in _secrets()}

    def _interpolated(self, found: re.Match[str]) -> str:
        return self.variables.get(found[1]) or found[2]

    def up(self) -> None:
        wanted = set(self.variables.get("COMPOSE_PROFILES", "").split(","))
        self._up_for("web")
        for name, service in self.services.items():
            if wanted & set(service.get("profiles", [])):
                for number, port in enumerate(self._ports(service)):
                    words = [*words_of("ENTRYPOINT"), *service["command"]]
                    self._begin(f"{name}-{number}", self._container(name, words, port))

    def _ports(self, service: Mapping[str, Any]) -> Iterator[str]:
        """Of each replica; they share a loopback, where each would have one of its own."""
        published = service.get("ports", [":8000:"])[0].split(":")[-2]
        for number in range(int(service["deploy"].get("replicas", 1))):
            yield str(int(published.split("-")[0]) + number)

    def _up_for(self, name: str) -> None:
        """What the service waits for."""
        for other, wait in self.services[name].get("depends_on", {}).items():
            self._up_for(other)
            if other in _SERVERS:
                self._serve(other)
            else:
                assert wait["condition"] == "service_completed_successfully"
                assert (
                    self.run(other, [*words_of("ENTRYPOINT"), *self.services[other]["command"]])
                    == 0
                )

    def run(self, name: str, words: Sequence[str], mounts: Mapping[str, Path] | None = None) -> int:
        """Beside whatever runs; standard input and output are those given."""
        return subprocess.run(self._container(name, words, "8000", mounts), check=False).returncode

    def run_alone(self, name: str, words: Sequence[str], options: Mapping[str, str]) -> int:
        """As `run` does it: what the service waits for is begun before."""
        self._up_for(name)
        entry = [options["--entrypoint"]] if "--entrypoint" in options else words_of("ENTRYPOINT")
        source, place, _ = options.get("-v", "::").split(":")
        return self.run(name, [*entry, *words], {place: Path(source)} if place else None)

    def _container(
        self, name: str, words: Sequence[str], port: str, mounts: Mapping[str, Path] | None = None
    ) -> list[str]:
        if not self.image.root.exists():
            self.image.root.mkdir(mode=0o755)
            self.image.build()
            (self.folder / "hosts").write_text(_HOSTS)
        given = {**_env_file(), **self.services[name]["environment"], "PYTUNE_PORT": port}
        seen = {**self.secrets, "/etc/hosts": self.folder / "hosts", **(mounts or {})}
        return self.image.container(words, given, seen)

    def _serve(self, name: str) -> None:
        if not (self.folder / f"{name}.pid").exists():
            self._begin(name, getattr(self, f"_{name}")())
        test = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *test[1:]] if test[0] == "CMD-SHELL" else test[1:]
        number = int((self.folder / f"{name}.pid").read_text())
        while subprocess.run(command, capture_output=True, check=False).returncode:
            assert not _ends(number, _LOOK_SECONDS), f"{name} has ended: see {name}.log"

    def _mysql(self) -> list[str]:
        """With the user and the database that the image makes at its first start."""
        data, first = self.folder / "mysql", []
        if not data.exists():
            data.mkdir()
            shutil.chown(data, "mysql")
            servers._install(data, ["--user=mysql"])
            (data / "first.sql").write_text(_CREATE.format(**self._of_database()))
            first = [f"--init-file={data}/first.sql"]
        _, _, *options = self.services["mysql"]["command"]  # --mysqlx is MySQL's alone
        places = [f"--datadir={data}/data", f"--socket={data}/socket", "--bind-address=127.0.0.1"]
        return ["mariadbd", "--no-defaults", "--user=mysql", *places, *options, *first]

    def _of_database(self) -> dict[str, str]:
        given = self.services["mysql"]["environment"]
        return {
            "database": given["MYSQL_DATABASE"],
            "user": given["MYSQL_USER"],
            "password": self.secrets[given["MYSQL_PASSWORD_FILE"]].read_text().strip(),
            "root": self.secrets[given["MYSQL_ROOT_PASSWORD_FILE"]].read_text().strip(),
        }

    def _redis(self) -> list[str]:
        data = self.folder / "redis"
        data.mkdir(exist_ok=True)
        return [*self.services["redis"]["command"], "--dir", str(data), "--bind", "127.0.0.1"]

    def _begin(self, name: str, command: Sequence[str]) -> None:
        self._end(name)
        with (self.folder / f"{name}.log").open("ab") as log:
            begun = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self.folder / f"{name}.pid").write_text(str(begun.pid))

    def _end(self, name: str) -> None:
        noted = self.folder / f"{name}.pid"
        if noted.exists():
            number = int(noted.read_text())
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)
            _ends(number)
            noted.unlink()

    def down(self, *, volumes: bool) -> None:
        """Servers last."""
        running = [path.stem for path in self.folder.glob("*.pid")]
        for name in sorted(running, key=lambda each: each in _SERVERS):
            self._end(name)
        for volume in ("mysql", "redis", "image") if volumes else ():
            shutil.rmtree(self.folder / volume, ignore_errors=True)

    def logs(self) -> None:
        for path in sorted(self.folder.glob("*.log")):
            sys.stdout.write(f"== {path.stem}\n{path.read_text(errors='replace')[-5000:]}")


def _ends(number: int, seconds: float | None = None) -> bool:
    """Wait for the end of a process, which need not be a child; whether it came within a time."""
    try:
        process = os.pidfd_open(number)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


def _env_file() -> dict[str, str]:
    path = Path(".env")
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if line)


def _secrets() -> list[Path]:
    """None where they are not made: Compose would not start either."""
    return sorted(Path("deploy/secrets").absolute().glob("mysql_*"))


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Those before the service, and the rest."""
    options: dict[str, str] = {}
    while words[0].startswith("-"):
        name = words.pop(0)
        options[name] = words.pop(0) if name in {"-v", "--entrypoint", "--tail"} else ""
    return options, words


def main(folder: str, compose: str, verb: str, *words: str) -> int:
    assert compose == "compose", compose
    engine = Engine(Path(folder))
    match verb:
        case "up":
            engine.up()
        case "down":
            engine.down(volumes="--volumes" in words)
        case "logs":
            engine.logs()
        case "exec":
            _, (service, *command) = _options([*words])
            return engine.run(service, command)
        case "run":
            options, (service, *command) = _options([*words])
            return engine.run_alone(service, command, options)
        case _:
            raise ValueError(verb)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
