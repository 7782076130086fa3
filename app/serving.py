"""Follow the champion: poll, load, swap. A model that cannot be loaded leaves the old one."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import alerts, promotion, training
from app.db import Database, worded
from app.errors import BadArtifact
from app.ml.model_slot import LoadedModel, ModelSlot
from app.models import AlertKind, Training
from app.placing import Placing
from app.queue import RELOAD, JobQueue
from app.settings import Settings

log = logging.getLogger(__name__)

_EARLIER_TRIED = 20
_LONGEST_PAUSE_SECONDS = 300.0
_QUIET = timedelta(days=1)
"""The same trouble is not told again sooner."""


@dataclass(frozen=True, slots=True)
class Reload:
    """What a look at the champion did."""

    version: int | None
    """The version that is served now."""
    changed: bool
    problem: str | None = None
    """Why the champion could not be loaded; the old model stays."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A promotion whose model could not be loaded, and when it is worth another try."""

    promotion: int | None
    version: int
    problem: str
    pause_seconds: float
    not_before: float
    """On the monotonic clock."""


class ChampionFollower:
    """Keeps the slot on the champion, from a thread of its own."""

    def __init__(
        self, settings: Settings, database: Database, queue: JobQueue, slot: ModelSlot
    ) -> None:
        self.settings = settings
        self.database = database
        self.queue = queue
        self.slot = slot
        self.placing = Placing()
        self._id = uuid4().hex
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._failure: _Failure | None = None
        self._thread = threading.Thread(target=self._follow, name="champion", daemon=True)

    def start(self) -> None:
        """Load the champion now, then go on following it."""
        self._look()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        # Whoever waits for news looks up at any; the others find nothing changed.
        self.queue.announce_champion(0)
        if self._thread.is_alive():
            self._thread.join(self.settings.champion_poll_seconds + 5)

    @property
    def is_following(self) -> bool:
        """Whether its thread lives."""
        return self._thread.is_alive()

    def gave_up(self, version: int) -> bool:
        """Whether that champion's files could not be used when they were last looked at."""
        return self._failure is not None and self._failure.version == version

    def reload(self, *, force: bool = False) -> Reload:
        """Load the champion if it is not the loaded one, or in any case by `force`."""
        with self._turn:
            with self.database.read() as session:
                champion = training.champion(session)
            loaded = self.slot.model
            version = loaded.version if loaded else None
            if champion is None:
                return Reload(version, changed=False)
            if champion.version == version and not force:
                return Reload(version, changed=False)
            failure = self._failure_of(champion)
            if failure and not force and time.monotonic() < failure.not_before:
                return Reload(version, changed=False, problem=failure.problem)
            return self._load(champion, version)

    def reload_everywhere(self) -> Reload:
        """Load the champion from its files again, here now and in every other process soon."""
        reload = self.reload(force=True)
        self.queue.announce_reload(self._id)
        return reload

    def _failure_of(self, champion: training.Champion) -> _Failure | None:
        failure = self._failure
        return failure if failure and failure.promotion == champion.promotion.id else None

    def _load(self, champion: training.Champion, version: int | None) -> Reload:
        try:
            model = self._model_of(champion.training, champion.version)
        except BadArtifact as error:
            self._fail(champion, error)
            if version is None:
                version = self._load_an_earlier_one(champion.version)
            return Reload(version, changed=False, problem=str(error))
        self._swap(model)
        self._failure = None
        log.info("model swapped", extra={"version": model.version, "previous": version})
        return Reload(model.version, changed=True)

    def _load_an_earlier_one(self, damaged: int) -> int | None:
        """Just started, and the champion is damaged: one that rolling back leads to, if any.

        Not any that was champion once: what was rolled back is not to be served again.
        """
        with self.database.read() as session:
            line = dict.fromkeys(reversed(promotion.line(session)))
            earlier = [version for version in line if version != damaged][:_EARLIER_TRIED]
            rows = [training.training(session, version) for version in earlier]
        for version, row in zip(earlier, rows, strict=True):
            try:
                model = self._model_of(row, version)
            except BadArtifact:
                continue
            self._swap(model)
            log.warning("an earlier champion is served", extra={"version": version})
            return version
        return None

    def _model_of(self, row: Training, version: int) -> LoadedModel:
        folder = self.settings.artifacts / (row.artifact or "missing")
        return LoadedModel.load(folder, row.checksum, version)

    def _swap(self, model: LoadedModel) -> None:
        """Serve it with newcomers in their places: the same version never gives other lists."""
        try:
            with self.database.read() as session:
                model = self.placing.placed(session, model)
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.exception("new tracks could not be placed", extra={"version": model.version})
            self._tell(error, "New tracks could not be placed in the model")
        self.slot.swap(model)

    def _tell(self, error: Exception, what: str) -> None:
        """Let administrators know of what went wrong here and not in the files."""
        message = f"{what}: {worded(error)}"
        self._raise(AlertKind.SERVING, message, {"reason": message}, what)

    def _raise(self, kind: AlertKind, message: str, details: dict[str, Any], same: str) -> None:
        def write(session: Session) -> bool:
            return alerts.raise_alert(session, kind, message, details, same=same, quiet=_QUIET)

        try:
            if self.database.transact(write):
                alerts.announce(self.queue)
        except SQLAlchemyError:
            log.exception("an alert could not be raised", extra={"kind": kind})

    def _fail(self, champion: training.Champion, error: BadArtifact) -> None:
        """Tell it, and leave the files alone for a while: reading them all takes its time."""
        before, version = self._failure_of(champion), champion.version
        pause = before.pause_seconds * 2 if before else self.settings.champion_poll_seconds
        pause = min(pause, _LONGEST_PAUSE_SECONDS)
        not_before = time.monotonic() + pause
        self._failure = _Failure(champion.promotion.id, version, str(error), pause, not_before)
        details = {"version": version, "reason": str(error.values["reason"])}
        self._raise(AlertKind.BAD_ARTIFACT, str(error), details, f"model-{version}")
        if before is None:
            log.error("the champion cannot be loaded", extra={"version": version}, exc_info=error)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except RedisError:
                # Without the key-value server only the poll is left.
                self._look_later()
            except Exception:
                log.exception("news of champions could not be heard")
                self._look_later()

    def _look_later(self) -> None:
        self._stop.wait(self.settings.champion_poll_seconds)
        self._look()

    def _listen(self) -> None:
        """Look whenever a promotion is announced, and at every poll in any case."""
        with self.queue.champion_news() as channel:
            while not self._stop.is_set():
                news = channel.get_message(timeout=self.settings.champion_poll_seconds)
                self._look(force=news is not None and self._asks_for_files(news["data"]))

    def _asks_for_files(self, told: object) -> bool:
        """Whether they are to be read again here, as they were by whoever tells it."""
        asks = isinstance(told, bytes) and told.startswith(RELOAD.encode())
        return asks and told != f"{RELOAD}{self._id}".encode()

    def _look(self, *, force: bool = False) -> None:
        """Raises nothing: a web process must be able to start, and to follow ever after."""
        try:
            self.reload(force=force)
            with self._turn, self.database.read() as session:
                self.placing.renew(session, self.slot)
        except SQLAlchemyError:
            log.exception("the champion could not be looked up")
        except Exception as error:
            log.exception("the champion could not be followed")
            self._tell(error, "The champion could not be followed")
