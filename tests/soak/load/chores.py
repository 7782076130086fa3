"""What goes on beside the listeners: models swapped, catalogues imported, jobs by the minute."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from app.graphql.ids import global_id
from tests.stack.client import STATUS, Client

SOURCE = "load"
EVERY_MINUTE = "* * * * *"
BY_THE_MINUTE = {
    "PYTUNE_RETRAIN_CRON": EVERY_MINUTE,
    "PYTUNE_WATCH_DRIFT_CRON": EVERY_MINUTE,
    "PYTUNE_TIDY_CRON": EVERY_MINUTE,
    "PYTUNE_IMPORT_CRON": EVERY_MINUTE,
    "PYTUNE_IMPORT_QUIET_SECONDS": "0",
}
"""All that the timetable knows but searches for recipes, which take a worker for minutes."""
_SWAP_SECONDS, _IMPORT_SECONDS = 5.0, 20.0
_LISTENS, _LISTENERS, _TRACKS = 500, 20, 40
_BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
PROMOTE = """mutation ($id: ID!) {
  promoteModel(input: {trainingId: $id, reason: "load"}) {
    __typename ... on Problem { message }
  }
}"""


@dataclass
class Again:
    """Does one thing again and again from a thread, for as long as it is entered."""

    act: Callable[[int], None]
    seconds: float
    times: int = 0
    failures: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(self.seconds):
            try:
                self.act(self.times)
            except Exception as error:  # noqa: BLE001  each is told at the end
                self.failures.append(repr(error))
            self.times += 1


def swapping(administrator: Client) -> Again:
    """Of the two models that the load begins with, now the one and now the other."""

    def swap(_: int) -> None:
        served = administrator.ask(STATUS)["status"]["modelVersion"]
        other = 1 if served == 2 else 2
        answer = administrator.ask(PROMOTE, id=global_id("Training", other))["promoteModel"]
        assert answer["__typename"] == "ModelPromoted", json.dumps(answer)

    return Again(swap, _SWAP_SECONDS)


def importing(folder: Path) -> Again:
    """A catalogue into the folder whose files are imported by themselves."""

    def put(number: int) -> None:
        if (folder / SOURCE).exists():  # nobody has looked yet
            return
        made = folder.parent / f"{folder.name}-{number}"
        made.mkdir()
        _write_catalogue(made, number)
        made.rename(folder / SOURCE)

    return Again(put, _IMPORT_SECONDS)


def _write_catalogue(folder: Path, number: int) -> None:
    """One new track beside those of before, and listens of seconds that nobody had yet."""
    tracks = [f"{n},Load {n},Loaders {n % 7}" for n in range(_TRACKS + number)]
    begin = _BEGIN + timedelta(seconds=number * _LISTENS)
    listens = [
        f"u{n % _LISTENERS},{n % len(tracks)},{(begin + timedelta(seconds=n)).isoformat()}"
        for n in range(_LISTENS)
    ]
    (folder / "tracks.csv").write_text("\n".join(["track_id,title,artist", *tracks, ""]))
    (folder / "listens.csv").write_text("\n".join(["user_id,track_id,listened_at", *listens, ""]))
