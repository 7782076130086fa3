"""A training whose fit would need too much memory."""

import re
from contextlib import nullcontext
from dataclasses import replace

import pytest

from app import training
from app.errors import InvalidInput
from app.ml.recipe import Recipe
from app.models import TrainingState
from app.models.columns import id_of
from app.settings import Settings
from jobs import train
from jobs.runtime import Runtime

VAST = Recipe("ials", settings={"factors": 1024})


@pytest.mark.usefixtures("tracks")
def test_what_needs_too_much_memory_is_refused_before_it_starts(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = rt.transact(lambda session: id_of(training.request(session, "root", VAST, seed=7)))
    monkeypatch.setenv("PYTUNE_TRAINING_MEMORY_MIB", "1")
    small = replace(rt, settings=Settings(data_dir=rt.settings.data_dir))
    monkeypatch.setattr(train, "runtime", lambda: nullcontext(small))
    monkeypatch.setattr("app.ml.contest.run", None)  # must not be reached
    with pytest.raises(InvalidInput):
        train.train(number)
    row = rt.read(lambda session: training.training(session, number))
    assert row.state is TrainingState.FAILED
    assert row.error is not None
    assert re.search(r"ials would need about \d+ MiB for 60 listeners and 40 tracks", row.error)
    assert "1 are allowed" in row.error
