"""Jobs and the timetable, for administrators."""

from pathlib import Path
from typing import Any

from app.graphql.ids import global_id
from app.queue import JobName
from tests.graphql.conftest import ADMINISTRATOR, Door, OpenDoor, refused

TRAIN = "mutation { trainModel { ... on TrainingStarted { training { id } } } }"
JOBS = """query ($state: JobState, $first: Int) {
  jobs(state: $state, first: $first) {
    id name state error trainingId evaluationRunId enqueuedAt startedAt endedAt
  }
}"""
RETRY = """mutation ($input: RetryJobInput!) {
  retryJob(input: $input) {
    __typename ... on JobRetried { job { id } } ... on Problem { code }
  }
}"""
CANCEL = """mutation ($input: CancelJobInput!) {
  cancelJob(input: $input) {
    __typename ... on JobCancelled { job { id state } } ... on Problem { code }
  }
}"""


def _jobs(door: Door, **variables: Any) -> Any:
    return door.ask(JOBS, ADMINISTRATOR, **variables)["jobs"]


def test_a_job_names_its_training(door: Door) -> None:
    door.ask(TRAIN, ADMINISTRATOR)
    (job,) = _jobs(door)
    assert job.pop("id")
    assert job.pop("enqueuedAt")
    assert job == {
        "name": "TRAIN",
        "state": "QUEUED",
        "trainingId": global_id("Training", 1),
        **dict.fromkeys(("error", "evaluationRunId", "startedAt", "endedAt")),
    }
    assert _jobs(door, state="RUNNING") == []


def test_so_many_jobs_as_asked_for(door: Door) -> None:
    for track in range(3):
        door.state.queue.enqueue(JobName.FIND_VIDEO, track)
    assert len(_jobs(door, first=2)) == 2
    error = door.error(JOBS, ADMINISTRATOR, first=0)
    assert error["extensions"] == refused("first", "OUT_OF_RANGE", given=0, least=1, most=100)


def test_a_job_is_cancelled(door: Door) -> None:
    door.ask(TRAIN, ADMINISTRATOR)
    (job,) = _jobs(door)
    given = {"jobId": job["id"]}
    assert door.ask(CANCEL, ADMINISTRATOR, input=given)["cancelJob"] == {
        "__typename": "JobCancelled",
        "job": {"id": job["id"], "state": "QUEUED"},
    }
    assert _jobs(door) == []
    again = door.ask(CANCEL, ADMINISTRATOR, input=given)["cancelJob"]
    assert again == {"__typename": "NotFound", "code": "not_found"}


def test_only_a_failed_job_is_tried_again(door: Door) -> None:
    given = {"jobId": door.state.queue.enqueue(JobName.TIDY)}
    refused = door.ask(RETRY, ADMINISTRATOR, input=given)["retryJob"]
    assert refused == {"__typename": "InvalidInput", "code": "invalid_input"}


def test_without_a_queue_nothing_is_said_of_its_address(
    open_door: OpenDoor, tmp_path: Path
) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    error = door.error(JOBS, ADMINISTRATOR)
    assert error["extensions"] == {"code": "queue_unavailable"}
    assert "nobody" not in error["message"]


def test_the_timetable(open_door: OpenDoor) -> None:
    door = open_door(retrain_cron="0 4 * * *", tidy_cron="", watch_drift_cron="", tune_cron="")
    shown = door.ask("{ schedule { name cron nextRunAt } }", ADMINISTRATOR)["schedule"]
    assert shown[0] == {"name": "RETRAIN", "cron": "0 4 * * *", "nextRunAt": None}
    assert "TIDY" not in {entry["name"] for entry in shown}
