"""A locust file: listeners who ask for lists, play from them, search and look at pages.

It runs in a process of its own, which tests/soak/test_load.py starts. PYTUNE_LOAD_PLAN names a file
of JSON: who signs in, what is searched for, and where a line for each request is written.
"""

import json
import os
import random
import time
import uuid
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, events, task

from app.access import COOKIE
from tests.stack.client import LOGIN, RECOMMENDATIONS, RECORD_LISTEN

SEARCH = """query ($text: String) {
  tracks(search: $text, first: 10) { edges { node { id title artist { id name } } } }
}"""
FIRST = 20
PLAN = json.loads(Path(os.environ["PYTUNE_LOAD_PLAN"]).read_text())
_LOG = Path(PLAN["log"]).open("w", buffering=1)  # noqa: SIM115  open to the end
_NAMES = iter(PLAN["names"])


def _note(
    name: str, response_time: float, exception: Exception | None, context: Any, **_: Any
) -> None:
    error = None if exception is None else str(exception)
    row = {"at": time.time(), "name": name, "ms": response_time, "error": error}
    _LOG.write(f"{json.dumps(row | context)}\n")


events.request.add_listener(_note)  # type: ignore[no-untyped-call]


class Listener(FastHttpUser):
    wait_time = between(1, 3)
    network_timeout = 60.0
    connection_timeout = 60.0

    def on_start(self) -> None:
        self.token = ""
        self.served: dict[str, Any] = {}
        given = {"username": next(_NAMES), "password": PLAN["password"]}
        self.token = self._ask("sign in", LOGIN, given)["login"]["token"]
        self.ask_for_a_list()

    @task(4)
    def ask_for_a_list(self) -> None:
        data = self._ask("recommendations", RECOMMENDATIONS, {"first": FIRST})
        self.served = data.get("recommendations") or self.served

    @task(4)
    def listen(self) -> None:
        position = random.randint(1, FIRST)
        key = uuid.uuid4().hex
        given = {
            "trackId": self.served["items"][position - 1]["track"]["id"],
            "listId": self.served["id"],
            "position": position,
            "idempotencyKey": key,
        }
        self._ask("listen", RECORD_LISTEN, {"input": given}, {"key": key})

    @task(2)
    def search(self) -> None:
        word = random.choice(PLAN["words"])
        self._ask("search", SEARCH, {"text": word[: random.randint(1, len(word))]})

    @task(1)
    def look_at_home(self) -> None:
        self._look("home", "/")

    @task(1)
    def look_at_a_track(self) -> None:
        self._look("track", f"/tracks/{random.choice(PLAN['tracks'])}")

    @task(1)
    def look_something_up(self) -> None:
        self._look("search page", f"/search?q={random.choice(PLAN['words'])}")

    @task(1)
    def look_back(self) -> None:
        self._look("history", "/history")

    def _ask(
        self,
        name: str,
        document: str,
        variables: dict[str, Any],
        noted: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The data; nothing where it failed, which is noted."""
        with self.client.post(
            "/graphql",
            name=name,
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            catch_response=True,
            context=noted or {},
        ) as answer:
            data: dict[str, Any] = {}
            if answer.status_code == 200:
                said = answer.json()
                data = said.get("data") or {}
                if problem := _problem(said):
                    answer.failure(problem)
            return data

    def _look(self, name: str, path: str) -> None:
        cookie = {"Cookie": f"{COOKIE}={self.token}"}
        with self.client.get(
            path, name=name, headers=cookie, catch_response=True, allow_redirects=False
        ) as answer:
            if answer.status_code == 200 and "</html>" not in (answer.text or ""):
                answer.failure("a page that breaks off")
            elif answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")


def _problem(said: dict[str, Any]) -> str | None:
    """What is wrong with an answer: its errors, a typed problem, or a list that is none."""
    if "errors" in said:
        return json.dumps(said["errors"])
    for name, value in said["data"].items():
        if "message" in value:
            return str(value["message"])
        if name == "recommendations":
            return _problem_of_list(value)
    return None


def _problem_of_list(served: dict[str, Any]) -> str | None:
    tracks = {item["track"]["id"] for item in served["items"]}
    if served["modelVersion"] is None:
        return "a list of no model"
    return None if len(tracks) == FIRST else f"a list of {len(tracks)} tracks"
