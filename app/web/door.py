"""What a page's route asks at the door: the state, who is signed in, and where from."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Annotated, ParamSpec, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from fastapi import Depends, Header, Path, Request

from app import access
from app.access import Caller, Viewer
from app.errors import NotSignedIn
from app.models import Role
from app.state import State

P = ParamSpec("P")
T = TypeVar("T")

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
    """Who is signed in, noted on the request: the answer speaks their language.

    Raises TooManyRequests.
    """
    found = request.state.viewer = state.access.viewer(caller)
    state.access.count_page(caller, found)
    return found


Visitor = Annotated[Viewer | None, Depends(visitor)]


async def listener(found: Visitor, page_viewer: PageViewer = None) -> Viewer:
    """Raises NotSignedIn, also where the page is somebody else's."""
    viewer = access.required(found)
    if page_viewer not in {None, str(viewer.id)}:
        raise NotSignedIn
    return viewer


Listener = Annotated[Viewer, Depends(listener)]


async def administrator(viewer: Listener) -> Viewer:
    """Raises NotSignedIn or NotAllowed."""
    return access.required(viewer, Role.ADMINISTRATOR)


async def own_site(request: Request, caller: Asking) -> None:
    """Raises CrossSiteRefused where another site's page sent something that changes data."""
    if request.method not in _SAFE_METHODS:
        access.refuse_cross_site(request.headers, caller)


Administrator = Annotated[Viewer, Depends(administrator)]
Id = Annotated[int, Path(ge=1, le=GREATEST_ID)]


def hashing(route: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Around a route with a parameter `state` that looks at a password: it waits for its turn."""

    @wraps(route)
    async def waiting(*given: P.args, **named: P.kwargs) -> T:
        state = cast("State", named["state"])
        return await state.hashing.run(partial(route, *given, **named))

    return waiting


def local_path(text: str | None) -> str:
    """The path if it leads to a page of this site, else the home page.

    Browsers read a backslash as a slash and leave out line breaks: both could lead elsewhere.
    """
    if text is None or not text.startswith("/") or text.startswith("//"):
        return "/"
    return text if text.isprintable() and "\\" not in text else "/"


def page_of(address: str) -> str:
    """The path and the query of a page's whole address; the home page where it is none."""
    parts = _parts(address)
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def came_from(request: Request, otherwise: str) -> str:
    """The page whose form was sent, its query included; `otherwise` where it is none of ours."""
    referer = request.headers.get("referer", "")
    return page_of(referer) if _parts(referer).netloc == request.headers.get("host") else otherwise


def _parts(address: str) -> SplitResult:
    """Nothing of what is no address at all, whatever a program may send as one."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
