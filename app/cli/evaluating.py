"""The command that measures a training's recipe once more."""

from app import evaluating, evaluations
from app.cli.opening import ready
from app.cli.out import OUT
from app.cli.progress import follow_evaluation
from app.queue import JobQueue
from app.settings import Settings


def evaluate(version: int | None, *, wait: bool) -> None:
    settings = Settings()
    database = ready(settings)
    number = evaluating.launch(database, JobQueue(settings), "command line", version)
    if not wait:
        OUT.print(f"Evaluation {number} waits for a worker.")
        return
    row = follow_evaluation(database, number)
    with database.read() as session:
        found = evaluations.evaluations_by_id(session, [row.evaluation_id or 0])
    for each in found.values():
        OUT.print(f"Training {row.training_id} was measured. {each.reason}")
