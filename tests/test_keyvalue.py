"""The embedded key-value server: private, persistent, and never left an orphan."""

import os
import signal
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Any

import pytest
from redis import Redis

from app.errors import NotOurs
from app.keyvalue import _make_private
from app.settings import Settings
from tests import servers

_PATIENCE_SECONDS = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of its own: not those of a shared server."""
    return Settings(data_dir=tmp_path / "data")


@dataclass(frozen=True)
class Server:
    """The process that serves, and a connection that lives as long as it does."""

    process: int
    line: socket

    def has_ended(self) -> bool:
        """Wait until it has."""
        with self.line:
            return self.line.recv(1) == b""


def _server(settings: Settings) -> Server:
    line = socket(AF_UNIX)
    line.settimeout(_PATIENCE_SECONDS)
    line.connect(str(settings.embedded_socket))
    with Redis.from_url(settings.key_value_url) as redis:
        about: Any = redis.info("server")
    return Server(about["process_id"], line)


def test_nobody_else_can_reach_the_socket(settings: Settings) -> None:
    with servers.key_value(settings):
        path = settings.embedded_socket
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with Redis.from_url(settings.key_value_url) as redis:
            assert redis.config_get("port") == {"port": "0"}


def test_a_folder_of_somebody_elses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(NotOurs, match="is not a folder of this user's"):
        _make_private(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.undo()
    with pytest.raises(NotOurs):
        _make_private(tmp_path / "link")


def test_what_was_acknowledged_survives_a_kill(settings: Settings) -> None:
    with servers.key_value(settings) as launcher, Redis.from_url(settings.key_value_url) as redis:
        redis.set("kept", "yes")
        server = _server(settings)
        os.kill(server.process, signal.SIGKILL)
        assert server.has_ended()
        assert launcher.wait() != 0
    with servers.key_value(settings), Redis.from_url(settings.key_value_url) as redis:
        assert redis.get("kept") == b"yes"


def test_it_ends_with_the_parent_that_holds_its_lifeline(settings: Settings) -> None:
    with servers.key_value(settings):
        server = _server(settings)
    assert server.has_ended()


@pytest.mark.parametrize(
    "how",
    [
        signal.SIGTERM,
        signal.SIGINT,
        pytest.param(
            signal.SIGKILL,
            marks=pytest.mark.skipif(
                sys.platform != "linux", reason="only Linux tells a child of its parent's death"
            ),
        ),
    ],
)
def test_it_ends_with_its_launcher(settings: Settings, how: signal.Signals) -> None:
    with servers.key_value(settings) as launcher:
        server = _server(settings)
        launcher.send_signal(how)
        assert server.has_ended()
        launcher.wait()
