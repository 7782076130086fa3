"""What an administrator has workers do, and looks at, while faults are tried."""

import os
import signal
from contextlib import suppress

import httpx2

from app.db import open_database
from app.graphql.ids import global_id
from app.settings import Settings
from app.training import champion
from tests.soak.load.chores import PROMOTE
from tests.soak.load.memory import JOB, below
from tests.soak.swapping import await_that
from tests.stack.client import STATUS, TRAIN, Client
from tests.stack.running import Running

LONG = {"iterations": 500, "factors": 128}
QUICK = {"iterations": 3, "factors": 8}
_OVER = {"FINISHED", "FAILED"}


class Work:
    """Trainings of the running product."""

    def __init__(self, stack: Running, administrator: Client, settings: Settings) -> None:
        self.stack = stack
        self.administrator = administrator
        self.settings = settings
        self.number: int | None = None

    def trains(self) -> bool:
        """Whether a training that is begun now, or was a moment ago, has finished."""
        if self.number is None:
            self.number = self._begin(QUICK)
            return False
        state = self._state(self.number)
        if state not in _OVER:
            return False
        assert state == "FINISHED", self.administrator.trainings()[self.number]
        self.number = None
        return True

    def kill_a_training(self) -> None:
        """The process of a training that is well under way."""
        number = None
        while number is None:
            number = self._begin(LONG)
        self.killed = number
        await_that(lambda: self.administrator.trainings()[number]["progress"] > 0)
        jobs = [each for each in below(self.stack.process.pid) if each.name == JOB]
        for job in jobs:
            with suppress(ProcessLookupError):
                os.kill(job.number, signal.SIGKILL)

    def killed_one_failed(self) -> bool:
        return self._state(self.killed) == "FAILED"

    def runs(self) -> bool:
        """Whether nothing is away, by what anybody may ask."""
        return bool(self.administrator.ask(STATUS)["status"]["state"] == "RUNNING")

    def served(self) -> int | None:
        """The model that is served now; None where nobody can be asked."""
        with suppress(httpx2.HTTPError):
            version: int | None = self.administrator.ask(STATUS)["status"]["modelVersion"]
            return version
        return None

    def promote_another(self) -> None:
        """So that there is an earlier champion to fall back on."""
        other = 1 if self.served() == 2 else 2
        self.administrator.ask(PROMOTE, id=global_id("Training", other))
        await_that(lambda: self.served() == other)

    def champion(self) -> int:
        database = open_database(self.settings)
        with database.read() as session:
            found = champion(session)
        database.dispose()
        assert found is not None
        return found.version

    def _begin(self, settings: dict[str, int]) -> int | None:
        """None where another one is under way."""
        answer = self.administrator.ask(TRAIN, input=settings)["trainModel"]
        if answer["__typename"] != "TrainingStarted":
            return None
        version: int = answer["training"]["version"]
        return version

    def _state(self, number: int) -> str:
        state: str = self.administrator.trainings()[number]["state"]
        return state
