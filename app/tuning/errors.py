"""Foreseen errors of searches."""

from app.errors import Missing, MissingKind, PyTuneError


class TuningNotFound(Missing):
    kind = MissingKind.TUNING


class TuningUnderway(PyTuneError):
    code = "tuning_underway"
    template = "Tuning {tuning_id} is under way: wait for it to end, or stop it."


class TuningFailed(PyTuneError):
    code = "tuning_failed"
    template = "Tuning {tuning_id} failed: {reason}"


class TuningOver(PyTuneError):
    code = "tuning_over"
    template = "Tuning {tuning_id} cannot go on: it is {state}."
