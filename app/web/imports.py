"""Imports: send a history in, watch it go in, get what was rejected, take it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel

from app.access import Viewer
from app.db import Database
from app.errors import InvalidInput, PyTuneError
from app.importing import asking
from app.importing.errors import ImportNotFound
from app.importing.formats import HISTORIES, ImportFormat
from app.importing.records import ACTIVE, Wanted, source_from
from app.models import DataImport
from app.queue import JobQueue
from app.state import State
from app.web.door import Here, Id, Listener, came_from
from app.web.errors import STATUS, status_of
from app.web.receiving import Received, receive
from app.web.render import page, part, target_of

_SHOWN = 20
_SENT_IN = "upload"
_NEWEST = (None, None)
"""The first page of both lists."""
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]

router = APIRouter()


class Uploaded(BaseModel):
    upload_id: str
    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Newest:
    """A page of imports."""

    rows: Sequence[DataImport]
    further: int | None
    """Those before this one are on the next page; None where there is none."""

    @classmethod
    def of(cls, rows: Sequence[DataImport]) -> Self:
        """One more than is shown says that there is more."""
        shown = rows[:_SHOWN]
        return cls(shown, shown[-1].id if len(rows) > _SHOWN else None)


@router.get("/imports")
def imports(
    request: Request, state: Here, viewer: Listener, before: Before = None, others: Before = None
) -> Response:
    """Both say before which import the page begins: of one's own, and of other listeners'."""
    return _page(request, state, viewer, (before, others))


@router.post("/imports/uploads", status_code=201)
async def upload(
    request: Request,
    state: Here,
    viewer: Listener,
    name: Annotated[str, Query(max_length=255)] = _SENT_IN,
) -> Uploaded:
    """A form with the field `file`, or the file itself as the body and its name in the query."""
    into = Received(state.settings, viewer.id)
    try:
        await receive(request, into, name)
        kept = into.keep()
    finally:
        await to_thread.run_sync(into.close)
    return Uploaded(upload_id=kept.id, name=kept.path.name, bytes=kept.size)


@router.post("/imports")
async def begin(request: Request, state: Here, viewer: Listener) -> Response:
    """The form of the page: the file and what it is, and off it goes."""
    into = Received(state.settings, viewer.id)
    try:
        await receive(request, into, _SENT_IN)
        wanted = _wanted(into, viewer)
        into.upload.close()
        await to_thread.run_sync(asking.launch, state.database, state.queue, wanted)
        into.keep()
    except PyTuneError as problem:
        if problem.code not in STATUS:
            raise
        return await to_thread.run_sync(_page, request, state, viewer, _NEWEST, problem)
    finally:
        await to_thread.run_sync(into.close)
    return RedirectResponse("/imports", 303)


@router.post("/imports/{import_id}/cancel")
def cancel(request: Request, state: Here, viewer: Listener, import_id: Id) -> Response:
    return _changed(request, state, viewer, import_id, asking.cancel)


@router.post("/imports/{import_id}/undo")
def undo(request: Request, state: Here, viewer: Listener, import_id: Id) -> Response:
    return _changed(request, state, viewer, import_id, asking.take_back)


@router.get("/imports/{import_id}/rejected")
def rejected(state: Here, viewer: Listener, import_id: Id) -> Response:
    """For whose history it is alone; of a catalogue, for administrators."""
    row = _seen(state, viewer, import_id)
    is_readable = asking.may_read(row, viewer.id, is_administrator=viewer.is_administrator)
    path = Path(row.rejected_file or "")
    if not is_readable or path.parent != state.settings.reports or not path.is_file():
        raise ImportNotFound(import_id)
    return FileResponse(path, media_type="text/csv", filename=path.name)


def _changed(
    request: Request,
    state: State,
    viewer: Viewer,
    import_id: int,
    change: Callable[[Database, JobQueue, int], None],
) -> Response:
    """Back to the page, which says so where the import was in another state by then."""
    _seen(state, viewer, import_id)
    try:
        change(state.database, state.queue, import_id)
    except PyTuneError as problem:
        if problem.code not in STATUS:
            raise
        return _page(request, state, viewer, _NEWEST, problem)
    return RedirectResponse(came_from(request, "/imports"), 303)


def _seen(state: State, viewer: Viewer, import_id: int) -> DataImport:
    """Raises ImportNotFound where it is none of the viewer's."""
    with state.database.read() as session:
        return asking.visible(session, import_id, _whose(viewer))


def _whose(viewer: Viewer) -> int | None:
    """Administrators see everybody's."""
    return None if viewer.is_administrator else viewer.id


def _wanted(into: Received, viewer: Viewer) -> Wanted:
    """Raises InvalidInput for a format that there is none of, or that is not for the viewer."""
    allowed = set(ImportFormat) if viewer.is_administrator else HISTORIES
    try:
        form = ImportFormat(into.fields.get("format", ""))
    except ValueError:
        form = None
    if form not in allowed or form is None:
        raise InvalidInput("format", "choose where the file comes from")
    path = into.upload.path
    named = into.fields.get("source", "").strip() or path.name
    source = source_from(named) if form is ImportFormat.CSV else None
    owner = viewer.id if form in HISTORIES else None
    return Wanted.of(form, path, source=source, user_id=owner, requested_by=viewer.name)


def _page(
    request: Request,
    state: State,
    viewer: Viewer,
    pages: tuple[int | None, int | None],
    problem: PyTuneError | None = None,
) -> Response:
    mine, others = _newest(state, viewer, *pages)
    rows = [*mine.rows, *others.rows]
    shown = {
        "mine": mine,
        "others": others,
        "pages": pages,
        "active": [row for row in rows if row.state in ACTIVE],
        "address": f"/imports?{request.url.query}" if any(pages) else "/imports",
        "problem": problem,
        "megabytes": state.settings.upload_megabytes,
    }
    if problem is None and target_of(request) == "imports":
        return part(request, "imports/_imports.html", shown)
    status = status_of(problem)
    return page(request, viewer, "imports/imports.html", shown, status)


def _newest(
    state: State, viewer: Viewer, before: int | None, others: int | None
) -> tuple[Newest, Newest]:
    """The viewer's own imports, catalogues among an administrator's; and other listeners'."""
    with state.database.read() as session:
        if not viewer.is_administrator:
            rows = asking.imports(session, viewer.id, _SHOWN + 1, before)
            return Newest.of(rows), Newest.of([])
        rows = asking.own_and_catalogues(session, viewer.id, _SHOWN + 1, before)
        theirs = asking.histories_of_others(session, viewer.id, _SHOWN + 1, others)
        return Newest.of(rows), Newest.of(theirs)
