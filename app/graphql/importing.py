"""Imports: bring a history or a catalogue in, watch it, cancel it, take it back."""

from functools import partial
from typing import Annotated

import strawberry
from anyio import to_thread
from sqlmodel import Session

from app.access import required
from app.errors.invalid import not_one_of
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.data_import import DataImport
from app.graphql.enums import ImportFormat, Role
from app.graphql.ids import required_number
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import for_administrators, for_listeners
from app.importing import asking, uploads
from app.importing.errors import ImportNotFound
from app.importing.formats import HISTORIES
from app.importing.records import Wanted, source_from
from app.models.columns import id_of

_UPLOAD = (
    "The `upload_id` in the answer of `/imports/uploads`, where the file is sent by POST before, as"
    " the body or as a form's `file`, with the same token."
)


@strawberry.input(description="A file of one's own history, sent in before.")
class ImportHistoryInput:
    upload_id: strawberry.ID = strawberry.field(description=_UPLOAD)
    format: ImportFormat = strawberry.field(description="SPOTIFY, LISTENBRAINZ or TAKEOUT.")


@strawberry.input(description="A catalogue with its listeners, sent in before.")
class ImportCatalogueInput:
    upload_id: strawberry.ID = strawberry.field(description=_UPLOAD)
    format: ImportFormat = strawberry.field(description="CSV or TASTE_PROFILE.")
    source: str | None = strawberry.field(
        default=None,
        description="Whose ids a CSV file holds; null for the file's name without its ending.",
    )


@strawberry.input(description="An import.")
class ImportInput:
    import_id: strawberry.ID = strawberry.field(description="The import's id.")


@strawberry.type(description="The import is on its way; a worker does it.")
class ImportAccepted:
    data_import: DataImport = strawberry.field(description="The import as it is now.")


ImportHistoryResult = Annotated[
    ImportAccepted
    | problems.InvalidInput
    | problems.NotFound
    | problems.ImportUnderway
    | problems.QueueUnavailable,
    strawberry.union("ImportHistoryResult", description="What `importHistory` gives."),
]
ImportCatalogueResult = Annotated[
    ImportAccepted
    | problems.InvalidInput
    | problems.NotFound
    | problems.ImportUnderway
    | problems.QueueUnavailable,
    strawberry.union("ImportCatalogueResult", description="What `importCatalogue` gives."),
]
CancelImportResult = Annotated[
    ImportAccepted | problems.InvalidInput | problems.NotFound | problems.QueueUnavailable,
    strawberry.union("CancelImportResult", description="What `cancelImport` gives."),
]
UndoImportResult = Annotated[
    ImportAccepted
    | problems.InvalidInput
    | problems.NotFound
    | problems.ImportUnderway
    | problems.QueueUnavailable,
    strawberry.union("UndoImportResult", description="What `undoImport` gives."),
]
Which = Annotated[ImportInput, strawberry.argument(name="input", description="Which import.")]


@strawberry.type
class ImportingQuery:
    @for_listeners("The viewer's imports, the newest first.")
    async def imports(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[DataImport]:
        return await _page(info.context, info.context.signed_in.id, first, after)

    @for_administrators("Everybody's imports, the newest first.")
    async def all_imports(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[DataImport]:
        return await _page(info.context, None, first, after)


@strawberry.type
class ImportingMutation:
    @for_listeners("Bring one's own listening history in, into one's own account.")
    async def import_history(
        self,
        info: Info,
        wanted: Annotated[
            ImportHistoryInput, strawberry.argument(name="input", description="What.")
        ],
    ) -> ImportHistoryResult:
        if wanted.format not in HISTORIES:
            raise not_one_of("format", wanted.format.name, sorted(one.name for one in HISTORIES))
        return await _begin(info.context, wanted.upload_id, wanted.format, None)

    @for_administrators("Bring a catalogue in, with the listeners that its files name.")
    async def import_catalogue(
        self,
        info: Info,
        wanted: Annotated[
            ImportCatalogueInput, strawberry.argument(name="input", description="What.")
        ],
    ) -> ImportCatalogueResult:
        if wanted.format in HISTORIES:
            raise not_one_of("format", wanted.format.name, ("CSV", "TASTE_PROFILE"))
        return await _begin(info.context, wanted.upload_id, wanted.format, wanted.source)

    @for_listeners("End an import where it is; what has been loaded stays.")
    async def cancel_import(self, info: Info, which: Which) -> CancelImportResult:
        number = await _let_in(info.context, which.import_id)
        state = info.context.state
        await to_thread.run_sync(asking.cancel, state.database, state.queue, number)
        return await _accepted(info.context, number)

    @for_listeners("Take an import back: its listens, and what it added and nobody else uses.")
    async def undo_import(self, info: Info, which: Which) -> UndoImportResult:
        number = await _let_in(info.context, which.import_id)
        state = info.context.state
        await to_thread.run_sync(asking.take_back, state.database, state.queue, number)
        return await _accepted(info.context, number)


async def imports_of(context: Context, numbers: list[int]) -> list[DataImport | None]:
    """In the order of their numbers; None where the viewer may not see them."""
    owner, viewer = _whose(context), context.signed_in

    def found(session: Session, number: int) -> DataImport | None:
        try:
            return DataImport.of(asking.visible(session, number, owner), viewer)
        except ImportNotFound:
            return None

    return await context.read(lambda session: [found(session, number) for number in numbers])


async def looked_up(context: Context, number: int) -> DataImport:
    """For a subscription: each time again, as the viewer may be none any more."""
    await context.renew()
    required(context.viewer, Role.LISTENER)
    owner, viewer = _whose(context), context.signed_in
    row = await context.read(lambda session: asking.visible(session, number, owner))
    return DataImport.of(row, viewer)


def _whose(context: Context) -> int | None:
    """Whose imports the viewer may see; None for everybody's."""
    viewer = context.signed_in
    return None if viewer.is_administrator else viewer.id


async def _let_in(context: Context, import_id: str) -> int:
    """The number. Raises ImportNotFound where it is none of the viewer's."""
    number = required_number(import_id, "DataImport", "importId")
    owner = _whose(context)
    await context.read(lambda session: asking.visible(session, number, owner))
    return number


async def _begin(
    context: Context, upload_id: str, form: ImportFormat, source: str | None
) -> ImportAccepted:
    state, viewer = context.state, context.signed_in
    path = await to_thread.run_sync(uploads.find, state.settings, viewer.id, upload_id)
    if form is ImportFormat.CSV and source is None:
        source = source_from(path.name)
    owner = viewer.id if form in HISTORIES else None
    wanted = Wanted.of(form, path, source=source, user_id=owner, requested_by=viewer.name)
    launch = partial(asking.launch, state.database, state.queue, wanted)
    return await _accepted(context, await to_thread.run_sync(launch))


async def _accepted(context: Context, number: int) -> ImportAccepted:
    row = await context.read(lambda session: asking.visible(session, number, None))
    return ImportAccepted(data_import=DataImport.of(row, context.signed_in))


async def _page(
    context: Context, owner: int | None, first: int | None, after: str | None
) -> Connection[DataImport]:
    page = Page.of(first, after, numbers=1)
    before = page.after[0] if page.after else None
    rows = await context.read(
        lambda session: asking.imports(session, owner, page.and_one_more, before)
    )
    return page.connection(
        rows,
        lambda row: DataImport.of(row, context.signed_in),
        lambda row: [id_of(row)],
        lambda session: asking.count_imports(session, owner),
    )
