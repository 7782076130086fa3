"""Logs: one JSON object a line for machines, plain text for people."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest

from app import logs
from app.settings import Profile, Settings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The logging of the run itself is put back."""
    loggers = [logging.getLogger(name) for name in (None, "app", "jobs")]
    before = [(logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What went to standard error."""
    return lambda: capsys.readouterr().err


Written = Callable[[], str]


def test_machines_get_an_object_a_line(written: Written) -> None:
    logs.configure(Settings(profile=Profile.PRODUCTION))
    logging.getLogger("app.serving").info("model swapped", extra={"version": 7})
    logging.getLogger("jobs.train").error("failed", exc_info=ValueError("broken\nin two"))
    first, second = (json.loads(line) for line in written().splitlines())
    assert (first["event"], first["version"], first["level"]) == ("model swapped", 7, "info")
    assert first["logger"] == "app.serving"
    assert first["timestamp"].endswith("Z")
    assert "ValueError: broken" in second["exception"]


def test_people_get_a_line(written: Written) -> None:
    logs.configure(Settings(profile=Profile.DEVELOPMENT))
    logging.getLogger("app.serving").info("model swapped", extra={"version": 7})
    line = written()
    assert "model swapped" in line
    assert "version=7" in line
    assert "\x1b" not in line


def test_others_are_heard_only_when_they_warn(written: Written) -> None:
    logs.configure(Settings())
    logging.getLogger("somebody.else").info("chatter")
    logging.getLogger("somebody.else").warning("danger")
    said = written()
    assert "chatter" not in said
    assert "danger" in said


def test_configuring_twice_says_nothing_twice(written: Written) -> None:
    for _ in range(2):
        logs.configure(Settings())
    logging.getLogger("app").info("once")
    assert written().count("once") == 1
