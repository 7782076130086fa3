"""An import as clients see it."""

from datetime import datetime
from typing import Self

import strawberry

from app.access import Viewer
from app.graphql.enums import ImportFormat, ImportState
from app.graphql.ids import Node, global_id
from app.importing.asking import may_read
from app.importing.records import ACTIVE
from app.models import DataImport as ImportRow
from app.models.columns import id_of


@strawberry.type(description="How often one kind of fault came.")
class ImportFault:
    reason: str = strawberry.field(description="What was wrong, in English.")
    count: int = strawberry.field(description="How many rows, or values, it cost.")


@strawberry.type(description="One run of an import: a file, and what came of its rows.")
class DataImport(Node):
    format: ImportFormat = strawberry.field(description="What kind of file it is.")
    source: str = strawberry.field(description="Whose ids the file holds.")
    state: ImportState = strawberry.field(description="How far it is.")
    progress: float = strawberry.field(description="How much is done of what it does: 0 to 1.")
    requested_by: str = strawberry.field(description="A user's name, or what asked for it.")
    rows_read: int = strawberry.field(description="Rows that were looked at.")
    rows_loaded: int = strawberry.field(description="Rows that were new, or changed something.")
    rows_unchanged: int = strawberry.field(description="Rows that were known already.")
    rows_rejected: int = strawberry.field(description="Rows that could not be taken.")
    rows_passed_over: int = strawberry.field(description="Rows of something else than music.")
    tracks_added: int = strawberry.field(description="Tracks that the catalogue did not have.")
    faults: list[ImportFault] = strawberry.field(
        description="Why rows were rejected and values left out, the most frequent first; none of"
        " another listener's own history."
    )
    rejected_rows_path: str | None = strawberry.field(
        description="Where to get the rejected rows as CSV; null if there are none, and for all"
        " but the listener whose own history it is."
    )
    error: str | None = strawberry.field(description="Why it failed, if it did.")
    started_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it was over.")

    @property
    def over(self) -> bool:
        return self.state not in ACTIVE

    @classmethod
    def of(cls, row: ImportRow, viewer: Viewer) -> Self:
        """As the viewer may see it, who may see that it is there."""
        number = id_of(row)
        is_readable = may_read(row, viewer.id, is_administrator=viewer.is_administrator)
        reasons = (row.reasons or {}) if is_readable else {}
        faults = sorted(reasons.items(), key=lambda pair: -pair[1])
        rejected = f"/imports/{number}/rejected" if row.rejected_file and is_readable else None
        return cls(
            id=global_id("DataImport", number),
            format=ImportFormat(row.format),
            source=row.source,
            state=row.state,
            progress=row.progress,
            requested_by=row.requested_by,
            rows_read=row.rows_read,
            rows_loaded=row.rows_loaded,
            rows_unchanged=row.rows_unchanged,
            rows_rejected=row.rows_rejected,
            rows_passed_over=row.rows_passed_over,
            tracks_added=row.tracks_added,
            faults=[ImportFault(reason=reason, count=count) for reason, count in faults],
            rejected_rows_path=rejected,
            error=row.error,
            started_at=row.started_at,
            finished_at=row.finished_at,
        )
