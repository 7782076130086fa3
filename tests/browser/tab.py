"""A browser's tab: what one does in it, and what it complained of or asked for."""

import re
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, Response, expect

_LOOK_SECONDS = 0.05


@dataclass
class Tab:
    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, those of the policy included."""
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("request", self._note)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)

    def _fail(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def open(self, path: str) -> None:
        """Go to a page by its address, and wait until its scripts have run."""
        self.page.goto(path, wait_until="load")

    def slow_videos(self) -> None:
        """In the pages that are opened from now on a second of a video lasts a second."""
        self.page.add_init_script("window.videoRate = 1")

    def until(self, holds: str) -> Any:
        """What JavaScript gives, once that is something.

        Asked from outside: the pages' policy lets nothing be evaluated within, again and again.
        """
        moment = Event()
        while not (found := self.page.evaluate(holds)):
            moment.wait(_LOOK_SECONDS)
        return found

    def label(self, name: str) -> Locator:
        """The first of what is called so."""
        return self.page.get_by_label(name, exact=True).first

    def row(self, title: str) -> Locator:
        """Where the page lists a track: the lead, a row or a card."""
        link = self.page.get_by_role("link", name=title, exact=True)
        return self.page.locator("main [data-track]").filter(has=link).first

    def play(self, title: str) -> None:
        self.row(title).hover()
        self.row(title).get_by_label(f"Play {title}").click()

    @property
    def now(self) -> Locator:
        """Title of what the player's bar shows."""
        return self.page.locator("#now-title")

    @property
    def note(self) -> Locator:
        return self.page.locator("#note")

    @property
    def video(self) -> Locator:
        return self.page.locator("#stage iframe")

    def shows_video(self, title_id: str, timeout_ms: float | None = None) -> None:
        """A video that a worker must find first takes the start of a process."""
        source = re.compile(rf"/embed/{title_id}$")
        expect(self.video).to_have_attribute("src", source, timeout=timeout_ms)

    def sent(self, path: str) -> list[Request]:
        """What was posted to an address so far."""
        found = (request for request in self.requests if request.method == "POST")
        return [request for request in found if request.url.endswith(path)]

    def answer(self, path: str) -> Any:
        """Wait, in a with block, for the answer to something that is posted."""
        return self.page.expect_response(lambda answer: _is_post(answer, path))


def _is_post(answer: Response, path: str) -> bool:
    return answer.request.method == "POST" and answer.url.endswith(path)
