"""The compose file is valid, starts commands that exist, and names settings that exist."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from app.cli.commands import app
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "pytune"]


def test_the_file_is_valid_by_the_compose_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    found = subprocess.run([*check, FILE], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_all_of_pytune_is_there() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "scheduler", "mysql", "redis"}
    assert SERVICES["mysql"]["image"] == "mysql:8.4"


@pytest.mark.parametrize("name", OURS)
def test_its_command_exists(name: str) -> None:
    result = CliRunner().invoke(app, [*SERVICES[name]["command"], "--help"])
    assert result.exit_code == 0, result.output


def test_every_setting_that_is_named_exists() -> None:
    known = {f"PYTUNE_{name.upper()}" for name in Settings.model_fields}
    named = {key for name in OURS for key in SERVICES[name]["environment"]}
    assert {key for key in named if key.startswith("PYTUNE_")} <= known


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_the_env_file_reaches_it(name: str) -> None:
    """Those that only Compose can know are said by it, and win."""
    service = SERVICES[name]
    assert service["env_file"] == [{"path": ".env", "required": False}]
    own = {"PROFILE", "DATA_DIR", "HOST", "PORT", "DATABASE_URL", "DATABASE_PASSWORD_FILE"}
    assert set(service["environment"]) == {f"PYTUNE_{key}" for key in own | {"REDIS_URL"}}
    ignored = ["git", "check-ignore", "--quiet", ".env"]
    assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 0


def test_serving_and_jobs_are_profiles_and_servers_belong_to_both() -> None:
    profiles = {name: service.get("profiles") for name, service in SERVICES.items()}
    assert profiles.pop("web") == ["core"]
    always = {name for name, wanted in profiles.items() if wanted is None}
    assert always == {"migrate", "mysql", "redis"}
    assert all(profiles[name] == ["jobs"] for name in set(profiles) - always)


def test_it_is_published_for_this_machine_alone() -> None:
    assert SERVICES["web"]["ports"] == ["${PYTUNE_HOST:-127.0.0.1}:${PYTUNE_PORT:-8000}:8000"]


def test_there_is_one_web_process_unless_more_are_asked_for() -> None:
    assert SERVICES["web"]["deploy"]["replicas"] == "${WEB_PROCESSES:-1}"


def test_nothing_starts_before_the_database_is_migrated() -> None:
    for name in OURS:
        waits = SERVICES[name]["depends_on"]
        assert waits["mysql"]["condition"] == "service_healthy"
        if name != "migrate":
            assert waits["migrate"]["condition"] == "service_completed_successfully"
            assert waits["redis"]["condition"] == "service_healthy"


def test_servers_are_waited_for_until_they_serve() -> None:
    """Not only answer: MySQL does so by its socket while it is set up, Redis while it loads."""
    mysql, redis = (SERVICES[name]["healthcheck"]["test"] for name in ("mysql", "redis"))
    assert {"--protocol=tcp", "--host=127.0.0.1"} < set(mysql)
    assert redis == ["CMD-SHELL", "redis-cli ping | grep -qx PONG"]


def test_redis_refuses_before_it_is_ended_for_its_memory() -> None:
    _, *options = SERVICES["redis"]["command"]
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert (given["--appendonly"], given["--maxmemory-policy"]) == ("yes", "noeviction")
    limit = SERVICES["redis"]["deploy"]["resources"]["limits"]["memory"]
    assert int(given["--maxmemory"].removesuffix("mb")) <= 0.75 * int(limit.removesuffix("M"))


def test_only_the_migration_is_not_started_again() -> None:
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    assert restarts.pop("migrate") == "no"
    assert set(restarts.values()) == {"unless-stopped"}


def test_only_the_web_process_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert COMPOSE["networks"] == {"pytune": {"name": "pytune"}}
    assert all(service["networks"] == ["pytune"] for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_it_has_few_rights_and_a_limit(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


@pytest.mark.parametrize("name", [*OURS, "redis"])
def test_its_root_is_read_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


def test_passwords_come_from_files_that_are_not_in_git() -> None:
    for secret in COMPOSE["secrets"].values():
        ignored = ["git", "check-ignore", "--quiet", secret["file"]]
        assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 0
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or value.startswith("/run/secrets/")


def test_what_must_last_lies_on_volumes() -> None:
    volumes = {name: service.get("volumes") for name, service in SERVICES.items()}
    assert volumes["mysql"] == ["mysql:/var/lib/mysql"]
    assert volumes["redis"] == ["redis:/data"]
    assert all(volumes[name] == ["data:/data"] for name in OURS)
    assert set(COMPOSE["volumes"]) == {"data", "mysql", "redis"}
