"""Alerts: what administrators should know of."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from app import alerts
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.enums import AlertKind
from app.graphql.ids import Node, global_id, required_number
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators
from app.models import Alert as AlertRow
from app.models.columns import id_of


@strawberry.type(description="Something that an administrator should know and then acknowledge.")
class Alert(Node):
    kind: AlertKind = strawberry.field(description="What it is about.")
    message: str = strawberry.field(description="What was found and what to do, in English.")
    details: JSON = strawberry.field(description="The figures behind it.")
    raised_at: datetime = strawberry.field(description="When it was raised.")
    delivered_at: datetime | None = strawberry.field(
        description="When the webhook took it; null where there is none, or it did not yet."
    )
    delivery_failed_at: datetime | None = strawberry.field(
        description="When the webhook last did not take it; null: it never refused."
    )
    delivery_error: str | None = strawberry.field(description="Why it did not, in English.")
    acknowledged_at: datetime | None = strawberry.field(
        description="When somebody said that they had seen it."
    )
    acknowledged_by: str | None = strawberry.field(description="The name of who did.")

    @classmethod
    def of(cls, row: AlertRow) -> Self:
        return cls(
            id=global_id("Alert", id_of(row)),
            kind=AlertKind(row.kind),
            message=row.message,
            details=JSON(row.details),
            raised_at=row.created_at,
            delivered_at=row.delivered_at,
            delivery_failed_at=row.delivery_failed_at,
            delivery_error=row.delivery_error,
            acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by,
        )


@strawberry.input(description="An alert that was seen.")
class AcknowledgeAlertInput:
    alert_id: strawberry.ID = strawberry.field(description="The alert's id.")


@strawberry.type(description="The alert is acknowledged: the same may be raised again later.")
class AlertAcknowledged:
    alert: Alert = strawberry.field(description="The alert.")


AcknowledgeAlertResult = Annotated[
    AlertAcknowledged | problems.InvalidInput | problems.NotFound,
    strawberry.union("AcknowledgeAlertResult", description="What `acknowledgeAlert` gives."),
]


@strawberry.type(description="Where alerts are posted to, and how that went.")
class AlertDelivery:
    host: str | None = strawberry.field(description="The webhook's host; null where none is set.")
    delivered_at: datetime | None = strawberry.field(description="When it last took an alert.")
    failed_at: datetime | None = strawberry.field(description="When it last did not take one.")
    error: str | None = strawberry.field(description="Why it did not then, in English.")
    waiting: int = strawberry.field(description="Alerts of the last day that it has not taken yet.")


@strawberry.type
class AlertsQuery:
    @for_administrators("How the delivery of alerts to the webhook does.")
    async def alert_delivery(self, info: Info) -> AlertDelivery:
        settings = info.context.state.settings
        found = await info.context.read(lambda session: alerts.delivery(session, settings))
        return AlertDelivery(**asdict(found))

    @for_administrators("Alerts, the newest first.")
    async def alerts(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        acknowledged: Annotated[
            bool | None,
            strawberry.argument(description="Only those that were, or were not; null for all."),
        ] = None,
    ) -> Connection[Alert]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: alerts.alerts(
                session, page.and_one_more, before, acknowledged=acknowledged
            )
        )
        return page.connection(
            rows,
            Alert.of,
            lambda row: [id_of(row)],
            lambda session: alerts.count_alerts(session, acknowledged=acknowledged),
        )


@strawberry.type
class AlertsMutation:
    @for_administrators("Say that an alert was seen; who said so first stays on record.")
    async def acknowledge_alert(
        self,
        info: Info,
        seen: Annotated[
            AcknowledgeAlertInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> AcknowledgeAlertResult:
        number = required_number(seen.alert_id, "Alert", "alertId")
        by = info.context.signed_in.name
        row = await info.context.write(lambda session: alerts.acknowledge(session, number, by))
        return AlertAcknowledged(alert=Alert.of(row))


async def alerts_of(context: Context, numbers: list[int]) -> list[Alert | None]:
    """Alerts in the order of their numbers; None where the viewer may not see them."""
    if not context.signed_in.is_administrator:
        return [None] * len(numbers)
    rows = await context.read(lambda session: alerts.alerts_by_id(session, numbers))
    return [Alert.of(row) if row else None for row in rows]
