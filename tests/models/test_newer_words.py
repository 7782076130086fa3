"""A state that a newer version wrote is told as it is, and nothing is done that it may forbid."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app import evaluating, training
from app.cli import progress
from app.db import Database
from app.errors import InvalidInput, PyTuneError, TrainingOver
from app.evaluating import EvaluationOver
from app.importing import claiming, records
from app.importing.errors import ImportOver
from app.importing.records import Claim
from app.models import DataImport, EvaluationRun, ImportState, Training, Tuning
from app.tuning import rows
from app.tuning.errors import TuningOver

NEWER = "pondering"
CLAIM = Claim(1, "import-1")

REFUSALS: dict[str, tuple[type[PyTuneError], Callable[[Session], object]]] = {
    "start a training": (TrainingOver, partial(training.start, training_id=1)),
    "start an evaluation": (EvaluationOver, partial(evaluating.start, run_id=1)),
    "start a tuning": (TuningOver, partial(rows.start, tuning_id=1)),
    "stop a tuning": (TuningOver, partial(rows.stop, tuning_id=1, by="ann")),
    "undo an import": (InvalidInput, partial(claiming.begin_undoing, import_id=1, holder="x")),
    "take an import up": (ImportOver, partial(records.take_up, claim=CLAIM)),
    "write an import on": (
        ImportOver,
        lambda session: records.held(session, CLAIM, ImportState.RUNNING),
    ),
}


@pytest.fixture
def newer(database: Database) -> Database:
    """Number 1 of each thing is in a state that this version does not know."""
    with database.write() as session:
        session.add(Training(id=1, requested_by="ann", algorithm="als", seed=1))
        session.flush()
        session.add(EvaluationRun(id=1, training_id=1, requested_by="ann"))
        session.add(Tuning(id=1, requested_by="ann", seconds=1, seed=1))
        session.add(DataImport(id=1, source="s", format="csv", path="x", job_id=CLAIM.holder))
        session.flush()
        for table in ("training", "evaluation_run", "tuning", "data_import"):
            session.connection().execute(text(f"UPDATE {table} SET state = '{NEWER}'"))
        session.connection().execute(text(f"UPDATE training SET stage = '{NEWER}'"))
    return database


@pytest.mark.parametrize("what", REFUSALS)
def test_what_is_in_a_newer_state_is_left_alone_with_its_name(newer: Database, what: str) -> None:
    refusal, act = REFUSALS[what]
    with newer.write() as session, pytest.raises(refusal) as refused:
        act(session)
    assert NEWER in str(refused.value)
    assert refused.value.values["state"] == NEWER


def test_what_is_in_a_newer_state_is_followed(newer: Database) -> None:
    followed = progress.follow_training(newer, 1, lambda: False)
    assert (str(followed.stage), str(followed.state)) == (NEWER, NEWER)
