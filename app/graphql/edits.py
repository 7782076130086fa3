"""The record of corrections: who did what to the catalogue."""

from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from app import editing
from app.editing import Edit
from app.graphql.context import Info
from app.graphql.enums import EditKind
from app.graphql.ids import global_id
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators
from app.models import ExternalKind
from app.models.columns import id_of

_TYPES = {ExternalKind.TRACK: "Track", ExternalKind.ARTIST: "Artist"}


@strawberry.type(description="A field that was corrected.")
class FieldChange:
    field: str = strawberry.field(description="Which one, as `editTrack` calls it.")
    before: JSON | None = strawberry.field(description="What it was; null for unknown.")
    after: JSON | None = strawberry.field(description="What it became; null for unknown.")


@strawberry.type(description="What an administrator did to a track or an artist.")
class CatalogueEdit:
    kind: EditKind = strawberry.field(description="What was done.")
    edited_at: datetime = strawberry.field(description="When.")
    edited_by: str = strawberry.field(description="The name of who did it.")
    thing_id: strawberry.ID = strawberry.field(
        description="Id of the track or artist; of a merge the one that is kept. `node` takes it."
    )
    thing_name: str | None = strawberry.field(
        description="Its title or name by now; null where it is gone."
    )
    other_id: strawberry.ID | None = strawberry.field(
        description="Id of what was merged into it, or taken from it; null for a correction."
    )
    other_name: str | None = strawberry.field(description="What that is called.")
    changes: list[FieldChange] = strawberry.field(
        description="Of a correction, each field that became another."
    )
    can_be_taken_back: bool = strawberry.field(
        description="Whether `separateTrack` or `separateArtist` with `otherId` takes it back."
    )

    @classmethod
    def of(cls, edit: Edit) -> Self:
        row, kind = edit.row, _TYPES[edit.row.thing]
        return cls(
            kind=row.kind,
            edited_at=row.edited_at,
            edited_by=row.edited_by,
            thing_id=global_id(kind, row.our_id),
            thing_name=edit.name,
            other_id=None if row.other_id is None else global_id(kind, row.other_id),
            other_name=edit.other,
            changes=[
                FieldChange(field=to_camel_case(name), before=before, after=after)
                for name, before, after in edit.changed
            ],
            can_be_taken_back=edit.can_be_taken_back,
        )


@strawberry.type
class EditsQuery:
    @for_administrators("Who corrected and merged what in the catalogue, the newest first.")
    async def edits(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CatalogueEdit]:
        page = Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: editing.edits(session, page.and_one_more, before)
        )
        return page.connection(
            rows, CatalogueEdit.of, lambda edit: [id_of(edit.row)], editing.count_edits
        )
