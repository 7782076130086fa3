"""The page of jobs: what runs, waits and failed, trying again, cancelling, the timetable."""

from datetime import UTC, datetime

import pytest
from rq import Worker
from rq_scheduler import Scheduler

from app import jobs, training
from app.jobs import JobState
from app.models import TrainingStage
from app.queue import JobName
from app.queue_names import QueueName
from app.timetable import schedule_id
from tests.jobs_at_work import begin, fail
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text

POLLS = 'hx-trigger="every {}s"'


def _queued(site: Site) -> str:
    """The id of the only job that waits."""
    (job,) = jobs.jobs(site.state.queue, 5, JobState.QUEUED)
    return job.id


def test_an_empty_queue_is_said_and_looked_at_now_and_then(admin: Site) -> None:
    page = admin.get("/admin/jobs").text
    assert "Nothing runs, nothing waits, nothing failed." in text(page)
    assert POLLS.format(10) in page


def test_a_waiting_job_is_followed_and_cancelled(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    page = admin.get("/admin/jobs").text
    assert "Train a model Training 2 Waits since" in text(page)
    assert POLLS.format(2) in page
    answer = admin.post(f"/admin/jobs/{_queued(admin)}/cancel", {})
    assert answer.headers["location"] == "/admin/jobs"
    assert jobs.jobs(admin.state.queue, 5) == []
    assert "Cancelled by root." in text(admin.get("/admin/models/2").text)


def test_a_queue_without_a_worker_is_named_while_something_waits_in_it(admin: Site) -> None:
    queue = admin.state.queue
    queue.enqueue(JobName.TIDY)
    waits = "No worker serves the queue “{}”, so what waits in it goes on waiting."
    page = text(admin.get("/admin/jobs").text)
    assert waits.format("short") in page
    assert waits.format("models") not in page
    Worker([queue.queues[QueueName.SHORT]], connection=queue.redis).register_birth()  # type: ignore[no-untyped-call]
    assert "No worker serves" not in text(admin.get("/admin/jobs").text)


def test_a_running_training_shows_how_far_it_is(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    begin(admin.state.queue, _queued(admin))
    with admin.state.database.write() as session:
        training.start(session, 2)
        training.progress(session, 2, TrainingStage.FITTING, 0.4)
    panel = admin.htmx("/admin/jobs", "div#jobs").text
    assert panel.startswith('<div id="jobs"')
    assert '<progress value="40"' in panel
    assert "It is fitting." in text(panel)
    assert 'hx-confirm="Stop it?' in panel


def test_a_failed_job_says_why_and_is_tried_again(admin: Site) -> None:
    admin.state.queue.enqueue(JobName.FIND_VIDEO, 1)
    job_id = _queued(admin)
    fail(admin.state.queue, job_id, "Traceback\n  File …\nRuntimeError: no memory")
    page = admin.get("/admin/jobs").text
    assert "Find a video RuntimeError: no memory Failed" in text(page)
    assert POLLS.format(10) in page
    assert admin.post(f"/admin/jobs/{job_id}/retry", {}).status_code == 303
    assert _queued(admin) == job_id


def test_a_stale_button_changes_nothing_and_says_so(admin: Site) -> None:
    admin.state.queue.enqueue(JobName.FIND_VIDEO, 1)
    job_id = _queued(admin)
    early = admin.post(f"/admin/jobs/{job_id}/retry", {})
    assert (early.status_code, _queued(admin)) == (422, job_id)
    assert "That job is in another state by now" in text(early.text)
    assert admin.post(f"/admin/jobs/{job_id}/cancel", {}).status_code == 303
    gone = admin.post(f"/admin/jobs/{job_id}/cancel", {})
    assert gone.status_code == 404
    assert "That job is over" in text(gone.text)


def test_the_timetable_names_the_next_times(admin: Site) -> None:
    at = datetime(2030, 5, 4, 3, 30, tzinfo=UTC).timestamp()
    entry = {schedule_id(JobName.RETRAIN): at}
    admin.state.queue.redis.zadd(Scheduler.scheduled_jobs_key, entry)
    seen = text(admin.get("/admin/jobs").text)
    assert "Retrain on newer listens 30 3 * * * 4 May 2030, 03:30 UTC" in seen
    unknown = "Watch for drift 0 3 * * * No scheduler has taken it up."
    assert 0 < seen.find("Retrain on newer listens") < seen.find(unknown), "the next one first"


def test_without_the_queue_the_page_stands_and_goes_on_looking(open_site: OpenSite) -> None:
    admin = open_site(redis_url="redis://127.0.0.1:1/0")
    admin.sign_in(admin.world.root)
    page = admin.get("/admin/jobs")
    assert page.status_code == 200
    assert "The job queue does not answer. This page goes on looking." in text(page.text)
    assert POLLS.format(2) in page.text
    refused = admin.post("/admin/jobs/x/cancel", {})
    assert refused.status_code == 503


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (JobName.TRAIN, "What it has done so far is lost."),
        (JobName.TUNE, "What it has tried is kept, and it can be resumed."),
        (JobName.IMPORT_DATA, "What it has done so far stays, and it can be tried again."),
        (JobName.FIND_VIDEO, "It can be tried again."),
    ],
)
def test_before_it_is_stopped_it_is_said_what_becomes_of_it(
    admin: Site, name: JobName, said: str
) -> None:
    admin.state.queue.enqueue(name, 1)
    begin(admin.state.queue, _queued(admin))
    assert f'hx-confirm="Stop it? {said}"' in admin.get("/admin/jobs").text


@pytest.mark.parametrize("name", list(JobName))
def test_every_job_has_words(admin: Site, name: JobName) -> None:
    admin.state.queue.enqueue(name, 1)
    page = admin.get("/admin/jobs", **{"Accept-Language": "fr"}).text
    said = text(page.partition('class="row-name">')[2].partition("</p>")[0])
    assert said
    assert not said.startswith(name.name.replace("_", " ").capitalize())


@pytest.mark.parametrize("path", ["retry", "cancel"])
def test_only_administrators_may(site: Site, path: str) -> None:
    site.state.queue.enqueue(JobName.FIND_VIDEO, 1)
    job_id = _queued(site)
    assert site.get("/admin/jobs").status_code == 403
    assert site.post(f"/admin/jobs/{job_id}/{path}", {}).status_code == 403
    assert _queued(site) == job_id
