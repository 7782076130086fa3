"""Everything on one machine under one parent: key-value server, web, worker, scheduler."""

import http.client
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from app.embedded.children import Child
from app.embedded.folder import listening_socket, only_one
from app.errors import ChildFailed
from app.lifeline import LIFELINE, START_SIGNAL
from app.settings import Settings
from app.signals import Signals

WEB_SOCKET = "PYTUNE_WEB_SOCKET"
"""Environment variable with the number of the listening socket that the web process is given."""

_READY_SECONDS = 60.0
_LOOK_SECONDS = 0.02


class Embedded:
    """The running whole: enter to start it, `watch()` to keep it alive, leave to stop it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.address = ""
        self._stack = ExitStack()
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # The key-value server was started first and goes last, after those that talk to it.
        for child in self._children[1:]:
            child.ask_to_stop()
        for child in reversed(self._children):
            child.stop()
        self._children.clear()
        self._stack.close()

    def watch(self, told: Callable[[str], None]) -> None:
        """Start again what dies, until a signal to stop comes.

        `told` is given a line for each restart. Raises ChildFailed where one keeps dying.
        """
        while self.tend(told):
            self._signals.wait()

    def tend(self, told: Callable[[str], None] = lambda _: None) -> bool:
        """Start again what has died; False once a signal to stop has come."""
        self._signals.wait(0)
        if self.stop_asked:
            return False
        for child in self._children:
            if child.revive():
                told(f"{child.name} had died and was started again; see {child.log}")
        return True

    def keep_going(self) -> None:
        """For long work in the parent. Raises KeyboardInterrupt once a signal to stop has come."""
        if not self.tend():
            raise KeyboardInterrupt

    @property
    def stop_asked(self) -> bool:
        return self._signals.stop_asked

    def _start(self) -> None:
        self._signals = self._stack.enter_context(Signals())
        lock = self._stack.enter_context(only_one(self.settings.folder))
        listening = self._stack.enter_context(listening_socket(self.settings))
        host, port = listening.getsockname()[:2]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        shared = (lock, self._lifeline())
        own_server = self.settings.redis_url is None
        keyvalue = own_server and self._child("keyvalue", ["-m", "app.keyvalue"], shared)
        held, release = self._start_signal()
        # To import takes the web process longer than all that has to be ready before it begins.
        web = self._child(
            "web",
            ["-m", "app.cli", "web"],
            (*shared, listening.fileno(), held),
            {WEB_SOCKET: str(listening.fileno()), START_SIGNAL: str(held)},
        )
        self._migrate()
        if keyvalue:
            self._await_key_value(keyvalue)
        release()
        self._await_web(web, host, port)
        for name in ("worker", "scheduler"):
            self._child(name, ["-m", "app.cli", name], shared)

    def _migrate(self) -> None:
        from app.db import open_database  # slow to import: what is started first need not wait
        from app.lost_trainings import fail_interrupted
        from app.migrations import migrate

        database = open_database(self.settings)
        try:
            database.check()
            migrate(database)
            if self.settings.redis_url is None:
                # The queue is this folder's own, and its lock says that nobody else works on it.
                fail_interrupted(database)
        finally:
            database.dispose()

    def _lifeline(self) -> int:
        """The children's end of a pipe; ours closes with us, however we end."""
        reading, writing = os.pipe()
        self._stack.callback(os.close, writing)
        self._stack.callback(os.close, reading)
        self._environment = {
            **os.environ,
            "PYTUNE_DATA_DIR": str(self.settings.folder),
            LIFELINE: str(reading),
            "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
        }
        return reading

    def _start_signal(self) -> tuple[int, Callable[[], None]]:
        """What a child waits at, and what lets it go on; a second start of it need not wait."""
        reading, writing = os.pipe()
        self._stack.callback(os.close, reading)
        waiting = self._stack.enter_context(ExitStack())
        waiting.callback(os.close, writing)
        return reading, waiting.close

    def _child(
        self,
        name: str,
        arguments: list[str],
        descriptors: tuple[int, ...],
        more: dict[str, str] | None = None,
    ) -> Child:
        log = self.settings.folder / "logs" / f"{name}.log"
        child = Child(name, arguments, log, self._environment | (more or {}), descriptors)
        self._children.append(child)
        child.start()
        return child

    def _await_key_value(self, child: Child) -> None:
        from redis import Redis  # like the database, slow to import
        from redis.exceptions import RedisError

        redis = Redis.from_url(self.settings.key_value_url)

        def answers() -> bool:
            try:
                return bool(redis.ping())
            except RedisError:
                return False

        _await(answers, child)
        redis.close()

    def _await_web(self, child: Child, host: str, port: int) -> None:
        def answers() -> bool:
            connection = http.client.HTTPConnection(host, port, timeout=1)
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()

        _await(answers, child)


def _await(answers: Callable[[], bool], child: Child) -> None:
    """Ask until it answers. Raises ChildFailed if the child ends first or takes too long."""
    moment = threading.Event()
    for _ in range(int(_READY_SECONDS / _LOOK_SECONDS)):
        if answers():
            return
        child.check()
        moment.wait(_LOOK_SECONDS)
    raise ChildFailed(name=child.name, log=child.log, tail=child.tail())
