"""What is told of many trainings at once: the newest of each, and nothing else is read."""

import pytest

from app import evaluations, training_log
from app.db import Database
from app.models import EvaluationRun, LogLine, Training
from tests.loading import loaded


@pytest.fixture
def trainings(database: Database) -> list[int]:
    numbers = [1, 2, 3]
    with database.write() as session:
        session.add_all(
            Training(id=number, requested_by="root", algorithm="als", seed=1) for number in numbers
        )
    return numbers


def test_the_end_of_each_log(
    database: Database, trainings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_log, "MAX_LINES", 2)
    with database.write() as session:
        for number, texts in ((1, ("one", "two", "three")), (2, ("only",))):
            training_log.write(session, number, [training_log.line(text) for text in texts])
    with database.read() as session, loaded(LogLine) as read:
        logs = training_log.lines_of(session, [2, 3, 1])
    assert [[line.text for line in log] for log in logs] == [["only"], [], ["two", "three"]]
    assert len(read) == 3


def test_the_newest_runs_of_each(
    database: Database, trainings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluations, "MAX_RUNS", 2)
    with database.write() as session:
        for name in ("a", "b", "c"):
            session.add(EvaluationRun(training_id=1, requested_by=name))
            session.flush()
        session.add(EvaluationRun(training_id=3, requested_by="d"))
    with database.read() as session, loaded(EvaluationRun) as read:
        runs = evaluations.runs_of(session, trainings)
    assert [[run.requested_by for run in each] for each in runs] == [["c", "b"], [], ["d"]]
    assert len(read) == 3
