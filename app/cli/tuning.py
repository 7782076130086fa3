"""The command that searches for the best recipe."""

from app import tuning
from app.cli.opening import ready
from app.cli.out import OUT
from app.cli.progress import follow_tuning
from app.queue import JobQueue
from app.settings import Settings


def tune(seconds: int | None, seed: int, *, wait: bool) -> None:
    settings = Settings()
    database = ready(settings)
    allowed = tuning.DEFAULT_SECONDS if seconds is None else seconds
    number = tuning.launch(database, JobQueue(settings), "command line", allowed, seed)
    if not wait:
        OUT.print(f"Tuning {number} waits for a worker.")
        return
    row = follow_tuning(database, number)
    with database.read() as session:
        tried = tuning.count_trials(session, number)
    OUT.print(
        f"Tuning {number} is finished: {row.algorithm} is best, NDCG@20 {row.ndcg:.4f}, of"
        f" {tried} trials. The next training takes it."
    )
