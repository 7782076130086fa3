"""Settings: every one has a default, and an empty variable is none."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Profile, Settings

SOCKET_PATH_LIMIT = 104
"""Bytes on macOS, the smaller limit."""


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PYTUNE_")]:
        monkeypatch.delenv(name)


def test_without_any_setting_everything_is_embedded(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.database_url is None
    assert settings.key_value_url == f"unix://{tmp_path}/keyvalue/socket"
    assert settings.artifacts == tmp_path / "models"


def test_variables_of_the_environment_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTUNE_PORT", "9000")
    monkeypatch.setenv("PYTUNE_PROFILE", "production")
    monkeypatch.setenv("PYTUNE_REDIS_URL", "redis://keeper:6379/0")
    settings = Settings()
    assert settings.port == 9000
    assert settings.profile is Profile.PRODUCTION
    assert settings.production
    assert settings.key_value_url == "redis://keeper:6379/0"


@pytest.mark.parametrize("name", ["PYTUNE_DATABASE_URL", "PYTUNE_REDIS_URL", "PYTUNE_ARTIFACT_DIR"])
def test_an_empty_address_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")
    assert getattr(Settings(), name.removeprefix("PYTUNE_").lower()) is None


def test_an_empty_cron_line_means_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTUNE_RETRAIN_CRON", "")
    assert Settings().retrain_cron == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65536),
        ("port", -1),
        ("session_days", 0),
        ("champion_poll_seconds", 0),
        ("sign_in_attempts_per_minute", 0),
    ],
)
def test_a_value_out_of_its_range_is_refused(name: str, value: int) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


def test_the_data_folder_is_absolute() -> None:
    assert Settings(data_dir=Path("here")).folder == Path.cwd() / "here"


def test_the_socket_of_a_deep_folder_lies_elsewhere() -> None:
    deep, deeper = (Settings(data_dir=Path("/", *60 * [name])) for name in ("ab", "cd"))
    assert len(os.fsencode(deep.embedded_socket)) < SOCKET_PATH_LIMIT
    assert not deep.embedded_socket.is_relative_to(deep.folder)
    assert deep.embedded_socket != deeper.embedded_socket
