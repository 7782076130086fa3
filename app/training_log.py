"""Use-cases: the log of a training, kept with it."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.models import LogLine
from app.models.columns import utc_now
from app.models.training import MAX_MESSAGE

MAX_LINES = 500
"""Of one training that are read."""


class Line(NamedTuple):
    at: datetime
    text: str


def line(text: str) -> Line:
    """As it is said now."""
    return Line(utc_now(), text)


def write(session: Session, training_id: int, lines: list[Line]) -> None:
    for at, text in lines:
        session.add(LogLine(training_id=training_id, at=at, text=text[:MAX_MESSAGE]))


def lines_of(session: Session, training_ids: list[int]) -> list[list[LogLine]]:
    """The log of each training, in the order of the trainings."""
    found: dict[int, list[LogLine]] = {number: [] for number in training_ids}
    statement = (
        select(LogLine).where(col(LogLine.training_id).in_(training_ids)).order_by(col(LogLine.id))
    )
    for row in session.exec(statement):
        found[row.training_id].append(row)
    return [found[number][-MAX_LINES:] for number in training_ids]
