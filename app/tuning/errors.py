"""Foreseen errors of searches."""

from app.errors import NotFound, PyTuneError


class TuningNotFound(NotFound):
    def __init__(self, tuning_id: int) -> None:
        super().__init__(kind="tuning", id=tuning_id)


class TuningUnderway(PyTuneError):
    code = "tuning_underway"
    template = "Tuning {tuning_id} is under way: wait for it to end, or stop it."


class TuningFailed(PyTuneError):
    code = "tuning_failed"
    template = "Tuning {tuning_id} failed: {reason}"


class TuningOver(PyTuneError):
    code = "tuning_over"
    template = "Tuning {tuning_id} cannot go on: it is {state}."
