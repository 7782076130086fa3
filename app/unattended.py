"""Use-cases: what came to nothing though nobody had asked for it by hand: alerts tell of it.

Who asks for something looks what became of it; of what begins by itself nobody would know.
"""

from typing import Any

from sqlmodel import Session, col, select

from app import alerts
from app.models import AlertKind, Evaluation, Training, Tuning
from app.models.training import MAX_MESSAGE

SCHEDULE, DRIFT = "schedule", "drift"
"""Who asks for trainings and searches that begin by themselves."""
_BY_THEMSELVES = (SCHEDULE, DRIFT)


def training_failed(session: Session, row: Training) -> None:
    """Tell of a training that failed, unless an alert of one waits for somebody."""
    text = f"Training {row.id} began by itself and failed; the champion stays as it was."
    _failed(session, AlertKind.TRAINING_FAILED, row, text, {"training": row.id})


def tuning_failed(session: Session, row: Tuning) -> None:
    """Tell of a search that failed, unless an alert of one waits for somebody."""
    text = f"Search {row.id} began by itself and failed; what it tried is kept, so resume it."
    _failed(session, AlertKind.TUNING_FAILED, row, text, {"tuning": row.id})


def judged(session: Session, row: Training, evaluation: Evaluation) -> None:
    """Tell of a verdict that will be no other tomorrow, unless an alert of one waits.

    That the champion cannot be measured, or, the second time, that it is another one by the time
    the verdict is there.
    """
    if row.requested_by not in _BY_THEMSELVES:
        return
    if _is_forgotten(evaluation):
        text = (
            "Too little is left of what the champion was fitted on to compare it with training"
            f" {row.id}: promote that by hand, or train another recipe. Until then the champion"
            " stays."
        )
        _undecided(session, row, "forgotten", text)
    elif _is_stale(evaluation) and _is_stale(_before(session, row)):
        text = (
            f"Another model became champion while training {row.id} was tested, as the time before:"
            " see who promotes models at that hour."
        )
        _undecided(session, row, "stale", text)


def _failed(
    session: Session, kind: AlertKind, row: Training | Tuning, text: str, details: dict[str, Any]
) -> None:
    if row.requested_by in _BY_THEMSELVES:
        reason = (row.error or "")[:MAX_MESSAGE]
        told = f"{text} The reason: {reason}"
        alerts.raise_alert(session, kind, told, {**details, "reason": reason}, same=kind.value)


def _undecided(session: Session, row: Training, why: str, text: str) -> None:
    details = {"training": row.id, "why": why}
    alerts.raise_alert(session, AlertKind.TRAINING_UNDECIDED, text, details, same=why)


def _is_forgotten(evaluation: Evaluation) -> bool:
    checks = evaluation.metrics.get("verdict", {}).get("checks", [])
    return any(check["name"] == "forgotten" for check in checks)


def _is_stale(evaluation: Evaluation | None) -> bool:
    return evaluation is not None and bool(evaluation.metrics.get("stale"))


def _before(session: Session, row: Training) -> Evaluation | None:
    """What the last training before it was told that began by itself too."""
    statement = (
        select(Evaluation)
        .join(Training, col(Training.id) == col(Evaluation.training_id))
        .where(col(Training.requested_by).in_(_BY_THEMSELVES), col(Training.id) < row.id)
        .order_by(col(Training.id).desc(), col(Evaluation.id))
    )
    return session.exec(statement.limit(1)).first()
