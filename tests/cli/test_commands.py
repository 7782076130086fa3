"""The command as people type it: help, exit codes, errors in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app.accounts import proven, user_by_name
from app.cli.commands import app
from app.db import open_database
from app.models import Role, User
from app.settings import Settings
from tests.cli.running import ROOT, run, start

COMMANDS = [
    ["demo"],
    ["up"],
    ["web"],
    ["worker"],
    ["scheduler"],
    ["migrate"],
    ["backup"],
    ["restore"],
    ["import"],
    ["import", "csv"],
    ["import", "taste-profile"],
    ["import", "spotify"],
    ["import", "listenbrainz"],
    ["import", "takeout"],
    ["import", "undo"],
    ["train"],
    ["evaluate"],
    ["tune"],
    ["user"],
    ["user", "add"],
    ["user", "password"],
    ["schema"],
]

UNKNOWN = "track_id: no track of this source has this id"
LISTEN = '"ann,9,2026-03-01 18:22:05+00:00"'


@pytest.fixture
def folder(sqlite_settings: Settings) -> Path:
    """A migrated data folder."""
    return sqlite_settings.folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    shown = CliRunner().invoke(app, [*command, "--help"])
    assert shown.exit_code == 0
    assert "Usage: " in shown.stdout


def test_wrong_words_are_one_line_and_exit_with_2() -> None:
    refused = start("bogus")
    assert refused.returncode == 2
    assert refused.stderr == "pytune: No such command 'bogus'. (--help shows what there is)\n"


@pytest.mark.parametrize("words", [[], ["user"], ["import"]], ids=str)
def test_no_words_show_the_help(words: list[str]) -> None:
    shown = start(*words)
    assert shown.stdout.startswith("Usage: ")
    assert shown.stderr == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTUNE_PORT", "eighty"),
        ("PYTUNE_RETRAIN_CRON", "at night"),
        ("PYTUNE_SESSION_DAYS", "inf"),
        ("PYTUNE_DATABASE_URL", "sqlite://"),
        ("PYTUNE_REDIS_URL", "redis://:sec/ret@example"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(folder: Path, name: str, value: str) -> None:
    refused = run("train", folder=folder, **{name: value})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"pytune: {name}: ")
    assert refused.stderr.count("\n") == 1
    assert "sec" not in refused.stderr.replace("SESSION", "")


@pytest.mark.parametrize(
    ("command", "words"),
    [("worker", "(or Redis) running?"), ("scheduler", "the key-value server is away")],
)
def test_without_a_key_value_server_it_waits_and_says_so(
    folder: Path, command: str, words: str
) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-m", "app.cli", command],
        cwd=ROOT,
        env=os.environ | {"PYTUNE_DATA_DIR": str(folder), "PYTUNE_REDIS_URL": ""},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert waiting.stderr is not None
    try:
        assert any(words in line for line in waiting.stderr)
        assert waiting.poll() is None
    finally:
        waiting.kill()
        waiting.communicate()


def test_a_database_without_tables_asks_to_be_migrated(tmp_path: Path) -> None:
    refused = run("train", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        "pytune: The database is not at this version's schema: run `pytune migrate`.\n"
    )


@pytest.mark.parametrize("command", ["train", "tune"])
def test_training_without_listens_is_refused(folder: Path, command: str) -> None:
    refused = run(command, folder=folder)
    assert refused.returncode == 1
    assert refused.stderr.startswith("pytune: There are no listens to train on")


def test_a_search_of_no_time_is_refused(folder: Path) -> None:
    refused = run("tune", "--seconds", "9", folder=folder)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("pytune: seconds: must be 10 to")


def test_a_user_is_added_and_their_password_changed(folder: Path) -> None:
    added = run(
        "user", "add", "Zoé", "--admin", "--password-stdin", folder=folder, typed="first-one\n"
    )
    assert (added.returncode, added.stdout) == (0, "Zoé was added as administrator.\n")
    changed = run(
        "user", "password", "zoé", "--password-stdin", folder=folder, typed="second-one\n"
    )
    assert changed.returncode == 0
    database = open_database(Settings(data_dir=folder))
    with database.read() as session:
        assert proven(user_by_name(session, "Zoé"), "second-one").role is Role.ADMINISTRATOR
    database.dispose()


def test_a_taken_name_adds_nobody(folder: Path) -> None:
    words = ("user", "add", "ann", "--password-stdin")
    assert run(*words, folder=folder, typed="long-enough\n").returncode == 0
    refused = run(*words, folder=folder, typed="long-enough\n")
    assert refused.returncode == 1
    assert refused.stderr == "pytune: The name 'ann' is taken: choose another.\n"
    database = open_database(Settings(data_dir=folder))
    with database.read() as session:
        assert len(session.exec(select(User)).all()) == 1
    database.dispose()


def test_a_password_is_not_asked_for_where_nobody_can_type(folder: Path) -> None:
    refused = run("user", "add", "ann", folder=folder)
    assert refused.returncode == 1
    assert "--password-stdin" in refused.stderr


def test_an_import_reports_what_it_did(folder: Path, tmp_path: Path) -> None:
    files = tmp_path / "mine"
    files.mkdir()
    (files / "tracks.csv").write_text("track_id,title,artist\n1,Rio,Duran Duran\n2,,Nobody\n")
    (files / "listens.csv").write_text(
        "user_id,track_id,listened_at\nann,1,2026-03-01T18:22:05Z\nann,9,2026-03-01T18:22:05Z\n"
    )
    done = start("import", "csv", str(files), folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:5] == [
        "tracks             2 read            1 loaded            0 unchanged          1 rejected",
        "listens            2 read            1 loaded            0 unchanged          1 rejected",
        "New tracks: 1",
        "  1 × title: is empty",
        f"  1 × {UNKNOWN}",
    ]
    rejected = Path(done.stdout.splitlines()[-1].split(": ")[1])
    assert rejected.read_text().splitlines()[1:] == [
        'tracks.csv,3,row rejected,title: is empty,"2,,Nobody"',
        f"listens.csv,3,row rejected,{UNKNOWN},{LISTEN}",
    ]


def test_an_unforeseen_error_is_one_line_too(tmp_path: Path) -> None:
    refused = run("migrate", folder=tmp_path, PYTUNE_DATABASE_URL="no address at all")
    assert refused.returncode == 1
    assert refused.stderr.startswith("pytune: ")
    assert refused.stderr.count("\n") == 1


def test_up_starts_its_children_before_it_imports_what_takes_long() -> None:
    said = "import sys, app.cli.up; print({'sqlalchemy', 'numpy', 'rq'} & set(sys.modules))"
    imported = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert imported.stdout == "set()\n"
