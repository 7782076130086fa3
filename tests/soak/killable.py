"""MariaDB and Redis of the tests' own, to be killed and started again, as a supervisor has it."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy.engine import URL

from app import keyvalue
from tests import servers


class MariaDB:
    """It syncs every commit: what was acknowledged survives."""

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        self.folder, self.path, self.options = folder, folder / "socket", options
        self.user = servers._server_user(folder)
        servers._install(folder, self.user)
        self.start()

    def start(self) -> None:
        data = f"--datadir={self.folder}/data"
        command = ["mariadbd", "--no-defaults", *self.user, data, *servers.LASTING, *self.options]
        log = self.folder / "log"
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [*command, f"--socket={self.path}"], stdout=said, stderr=said
            )
        servers._await_mariadb(self.process, self.path, log)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> URL:
        return servers._through(self.path)


class KeyValue:
    """Redis itself where this machine has it, else the server that PyTune brings along.

    Either with the same options as docker-compose.yml gives Redis.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / "socket"
        bundled, *self.options = keyvalue._command(folder, self.path)
        self.binary = shutil.which("redis-server") or bundled
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([self.binary, *self.options], stdout=subprocess.DEVNULL)
        servers._await_key_value(self.process, self.url)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    @property
    def name(self) -> str:
        return name_of_redis(self.url)


def name_of_redis(url: str) -> str:
    """As the server says itself, which may be another one in its place."""
    with Redis.from_url(url) as redis:
        told: dict[str, Any] = redis.info("server")
    if "valkey_version" in told:
        return f"Valkey {told['valkey_version']}"
    return f"Redis {told['redis_version']}"
