"""Jobs: what the workers do, will do and failed to do, and the timetable."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread

from app import jobs, timetable, tuning
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.enums import JobName, JobState
from app.graphql.ids import global_id
from app.graphql.paging import DEFAULT_PAGE, First, checked_first
from app.graphql.permissions import for_administrators
from app.jobs import QueuedJob
from app.timetable import Appointment


@strawberry.type(description="Something that a worker does in a process of its own.")
class Job:
    id: strawberry.ID = strawberry.field(description="Its id in the queue.")
    name: JobName = strawberry.field(description="What it does.")
    state: JobState = strawberry.field(description="How far it is.")
    error: str | None = strawberry.field(description="What it died of, if it failed.")
    training_id: strawberry.ID | None = strawberry.field(
        description="The training that it makes, if it makes one."
    )
    evaluation_run_id: strawberry.ID | None = strawberry.field(
        description="The run of an evaluation that it does, if it does one."
    )
    enqueued_at: datetime | None = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began with it.")
    ended_at: datetime | None = strawberry.field(description="When it failed.")

    @classmethod
    def of(cls, job: QueuedJob) -> Self:
        number, run = job.training_id, job.evaluation_id
        return cls(
            id=strawberry.ID(job.id),
            name=job.name,
            state=job.state,
            error=job.error,
            training_id=None if number is None else global_id("Training", number),
            evaluation_run_id=None if run is None else global_id("EvaluationRun", run),
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
        )


@strawberry.type(description="A job on the timetable.")
class ScheduledJob:
    name: JobName = strawberry.field(description="What it does.")
    cron: str = strawberry.field(description="When, as a cron line in UTC.")
    next_run_at: datetime | None = strawberry.field(
        description="When it runs next; null while no scheduler has taken it up."
    )

    @classmethod
    def of(cls, entry: Appointment) -> Self:
        return cls(name=entry.name, cron=entry.cron, next_run_at=entry.next_run_at)


@strawberry.input(description="A job that failed.")
class RetryJobInput:
    job_id: strawberry.ID = strawberry.field(description="The job's id.")


@strawberry.input(description="A job that waits or runs.")
class CancelJobInput:
    job_id: strawberry.ID = strawberry.field(description="The job's id.")


@strawberry.type(description="The job is tried again.")
class JobRetried:
    job: Job = strawberry.field(
        description=(
            "The job that waits now: for a training or an evaluation, another one that does the"
            " same anew; for a search, another one that goes on where it was."
        )
    )


@strawberry.type(description="The job was taken off the queue, or is being stopped.")
class JobCancelled:
    job: Job = strawberry.field(description="The job as it was.")


RetryJobResult = Annotated[
    JobRetried
    | problems.InvalidInput
    | problems.NotFound
    | problems.NoListens
    | problems.TrainingUnderway
    | problems.TuningUnderway
    | problems.TuningOver
    | problems.ImportUnderway
    | problems.QueueUnavailable,
    strawberry.union("RetryJobResult", description="What `retryJob` gives."),
]
CancelJobResult = Annotated[
    JobCancelled | problems.InvalidInput | problems.NotFound | problems.QueueUnavailable,
    strawberry.union("CancelJobResult", description="What `cancelJob` gives."),
]


@strawberry.type
class JobsQuery:
    @for_administrators("Running jobs, those that wait, and failed ones; what went well is gone.")
    async def jobs(
        self,
        info: Info,
        state: Annotated[
            JobState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
        first: First = DEFAULT_PAGE,
    ) -> list[Job]:
        queue, most = info.context.state.queue, checked_first(first)
        found = await to_thread.run_sync(jobs.jobs, queue, most, state)
        return [Job.of(job) for job in found]

    @for_administrators("The jobs that run by themselves, and when.")
    async def schedule(self, info: Info) -> list[ScheduledJob]:
        entries = await to_thread.run_sync(timetable.schedule, info.context.state.queue)
        return [ScheduledJob.of(entry) for entry in entries]


@strawberry.type
class JobsMutation:
    @for_administrators("Try a failed job again.")
    async def retry_job(
        self,
        info: Info,
        failed: Annotated[RetryJobInput, strawberry.argument(name="input", description="Which.")],
    ) -> RetryJobResult:
        state, by = info.context.state, info.context.signed_in.name
        job = await to_thread.run_sync(
            tuning.retry_job, state.database, state.queue, failed.job_id, by
        )
        return JobRetried(job=Job.of(job))

    @for_administrators("Take a job off the queue, or stop it where it runs.")
    async def cancel_job(
        self,
        info: Info,
        unwanted: Annotated[
            CancelJobInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> CancelJobResult:
        state, by = info.context.state, info.context.signed_in.name
        job = await to_thread.run_sync(
            tuning.cancel_job, state.database, state.queue, unwanted.job_id, by
        )
        return JobCancelled(job=Job.of(job))
