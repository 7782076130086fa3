"""Drift: how the lists do now, against the time after the champion's recipe was promoted."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from anyio import to_thread

from app import monitoring, watches
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.enums import SignalName
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators
from app.models import DriftWatch as DriftWatchRow
from app.models.columns import id_of, utc_now
from app.observing import Window
from app.queue import JobName


@strawberry.type(description="A span of time that is compared with another.")
class Span:
    since: datetime = strawberry.field(description="Its begin, included.")
    until: datetime = strawberry.field(description="Its end, not included.")

    @classmethod
    def of(cls, window: Window) -> Self:
        return cls(since=window.since, until=window.until)


@strawberry.type(description="One figure in both spans.")
class DriftSignal:
    name: SignalName = strawberry.field(description="What it is.")
    before: float = strawberry.field(
        description="After the promotion; of divergences what chance would give."
    )
    after: float = strawberry.field(description="Lately.")
    listener_count: int = strawberry.field(description="Listeners in the smaller of the spans.")
    standard_errors: float = strawberry.field(
        description="The change in standard errors, above 0 if it is for the worse."
    )
    drifted: bool = strawberry.field(description="Whether it is enough for an alert.")


@strawberry.type(description="Both spans and what was found, computed when it is asked for.")
class DriftReport:
    model_version: int | None = strawberry.field(
        description="The champion; null while there is none, or its first days are not over: then"
        " nothing can be compared."
    )
    before: Span | None = strawberry.field(description="After the champion's recipe was promoted.")
    after: Span | None = strawberry.field(description="The last days.")
    discovery: float | None = strawberry.field(
        description="The dial of the lists that are compared: the one that most listeners had after"
        " the promotion. Null for lists of only what was not heard."
    )
    signals: list[DriftSignal] = strawberry.field(
        description="Those of which enough is known: 20 listeners in both spans."
    )
    click_through_before: list[float | None] = strawberry.field(
        description="Share of the tracks shown that were played, by position from 1, before."
    )
    click_through_after: list[float | None] = strawberry.field(description="The same lately.")

    @classmethod
    def of(cls, report: monitoring.Report | None) -> Self:
        if report is None:
            return cls(
                model_version=None,
                before=None,
                after=None,
                discovery=None,
                signals=[],
                click_through_before=[],
                click_through_after=[],
            )
        return cls(
            model_version=report.version,
            before=Span.of(report.before),
            after=Span.of(report.after),
            discovery=report.dial,
            signals=[
                DriftSignal(
                    name=signal.name,
                    before=signal.before,
                    after=signal.after,
                    listener_count=signal.listeners,
                    standard_errors=signal.errors,
                    drifted=signal.drifted,
                )
                for signal in report.signals
            ],
            click_through_before=report.click_through_before,
            click_through_after=report.click_through_after,
        )


@strawberry.type(description="A figure as a watch found it.")
class WatchedSignal:
    name: SignalName = strawberry.field(description="What it is.")
    value: float = strawberry.field(description="In the days before the watch.")
    before: float | None = strawberry.field(
        description="What it is compared with; null in a champion's first days."
    )
    listener_count: int = strawberry.field(description="Listeners it rests on.")
    drifted: bool = strawberry.field(description="Whether it was enough for an alert.")


@strawberry.type(description="What a watch for drift found.")
class DriftWatch:
    watched_at: datetime = strawberry.field(description="When it looked.")
    model_version: int = strawberry.field(description="The champion then.")
    signals: list[WatchedSignal] = strawberry.field(
        description="Those of which enough was known: 20 listeners."
    )
    click_through: list[float | None] = strawberry.field(
        description="Share of the tracks shown that were played, by position from 1."
    )

    @classmethod
    def of(cls, row: DriftWatchRow) -> Self:
        return cls(
            watched_at=row.watched_at,
            model_version=row.version,
            signals=[
                WatchedSignal(
                    name=SignalName(name),
                    value=figures["value"],
                    before=figures["before"],
                    listener_count=figures["listeners"],
                    drifted=figures["drifted"],
                )
                for name, figures in row.signals.items()
            ],
            click_through=row.click_through["after"],
        )


@strawberry.type(description="A worker looks for drift next; `driftWatches` tells what it found.")
class DriftWatchStarted:
    job_id: strawberry.ID = strawberry.field(
        description="Id of its job, which `jobs` lists until it has ended well."
    )


WatchDriftResult = Annotated[
    DriftWatchStarted | problems.QueueUnavailable,
    strawberry.union("WatchDriftResult", description="What `watchDrift` gives."),
]


@strawberry.type
class DriftQuery:
    @for_administrators("What each watch for drift found, the newest first.")
    async def drift_watches(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[DriftWatch]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: watches.watches(session, page.and_one_more, before)
        )
        return page.connection(rows, DriftWatch.of, lambda row: [id_of(row)], watches.count_watches)

    @for_administrators("What a watch for drift would find now; computed for one at a time.")
    async def drift(self, info: Info) -> DriftReport:
        settings = info.context.state.settings

        async def watch() -> monitoring.Report | None:
            return await info.context.read(
                lambda session: monitoring.watch(session, settings, utc_now())
            )

        return DriftReport.of(await info.context.state.drift.of(watch))


@strawberry.type
class DriftMutation:
    @for_administrators("Have a worker look for drift now, and keep and tell what it finds.")
    async def watch_drift(self, info: Info) -> WatchDriftResult:
        queue = info.context.state.queue
        job_id = await to_thread.run_sync(queue.enqueue, JobName.WATCH_DRIFT)
        return DriftWatchStarted(job_id=strawberry.ID(job_id))
