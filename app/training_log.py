"""Use-cases: the log of a training, kept with it."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.models import LogLine
from app.models.columns import newest_of_each, utc_now
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
    """The last MAX_LINES of each training's log, in the order of the trainings."""
    found: dict[int, list[LogLine]] = {number: [] for number in training_ids}
    last = newest_of_each(MAX_LINES, col(LogLine.id), col(LogLine.training_id), training_ids)
    for row in session.exec(select(LogLine).where(last).order_by(col(LogLine.id))):
        found[row.training_id].append(row)
    return [found[number] for number in training_ids]
