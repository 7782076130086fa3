"""What a page's route asks at the door: the state, who is signed in, and where from."""

from typing import Annotated

from fastapi import Depends, Header, Path, Request

from app import access
from app.access import Caller, Viewer
from app.errors import NotSignedIn
from app.models import Role
from app.state import State

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
GREATEST_ID = 2**63 - 1
"""A greater number fits into no database's integer, so nothing has it as its id."""


async def state_of(request: Request) -> State:
    state: State = request.state.pytune
    return state


async def caller_of(request: Request) -> Caller:
    address = request.client.host if request.client else None
    return access.caller_of(request.headers, request.cookies, address)


Here = Annotated[State, Depends(state_of)]
Asking = Annotated[Caller, Depends(caller_of)]
PageViewer = Annotated[str | None, Header(alias="PyTune-Viewer")]
"""Whose page is asking. Another tab may have signed in as somebody else meanwhile."""


def visitor(request: Request, state: Here, caller: Asking) -> Viewer | None:
    """Who is signed in, noted on the request: the answer speaks their language."""
    request.state.viewer = state.access.viewer(caller)
    found: Viewer | None = request.state.viewer
    return found


Visitor = Annotated[Viewer | None, Depends(visitor)]


def listener(found: Visitor, page_viewer: PageViewer = None) -> Viewer:
    """Raises NotSignedIn, also where the page is somebody else's."""
    viewer = access.required(found)
    if page_viewer not in {None, str(viewer.id)}:
        raise NotSignedIn
    return viewer


Listener = Annotated[Viewer, Depends(listener)]


def administrator(viewer: Listener) -> Viewer:
    """Raises NotSignedIn or NotAllowed."""
    return access.required(viewer, Role.ADMINISTRATOR)


async def own_site(request: Request, caller: Asking) -> None:
    """Raises CrossSiteRefused where another site's page sent something that changes data."""
    if request.method not in _SAFE_METHODS:
        access.refuse_cross_site(request.headers, caller)


Administrator = Annotated[Viewer, Depends(administrator)]
Id = Annotated[int, Path(ge=1, le=GREATEST_ID)]


def local_path(text: str | None) -> str:
    """The path if it leads to a page of this site, else the home page.

    Browsers read a backslash as a slash and leave out line breaks: both could lead elsewhere.
    """
    if text is None or not text.startswith("/") or text.startswith("//"):
        return "/"
    return text if text.isprintable() and "\\" not in text else "/"
