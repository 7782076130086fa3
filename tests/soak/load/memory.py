"""How much memory each process of a running PyTune takes, looked at again and again."""

import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import time
from typing import Self

import numpy as np

_LOOK_SECONDS = 2.0
_SHARE = 5
"""What is compared is the median of the first and of the last one in so many parts."""
_NAME = re.compile(r"app\.cli (\w+)|(app\.keyvalue)|(valkey-server)")
JOB = "job"


@dataclass(frozen=True, slots=True)
class Process:
    number: int
    parent: int
    mebibytes: float
    """Resident, what it shares with others included."""
    name: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one process, in mebibytes."""

    name: str
    before: float
    after: float

    @property
    def share(self) -> float:
        return self.after / self.before - 1


def processes() -> dict[int, Process]:
    """All of the machine, by number."""
    command = ["ps", "-A", "-ww", "-o", "pid=", "-o", "ppid=", "-o", "rss=", "-o", "args="]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=3) for line in found.stdout.splitlines())
    return {int(row[0]): _process(*row) for row in rows if len(row) == 4}


def _process(number: str, parent: str, kibibytes: str, words: str) -> Process:
    known = _NAME.search(words)
    name = next(filter(None, known.groups())) if known else JOB
    return Process(int(number), int(parent), int(kibibytes) / 1024, name)


def below(parent: int) -> Iterator[Process]:
    """The process and all that descend from it."""
    found = processes()
    wanted = [parent]
    for number in wanted:
        if number in found:
            yield found[number]
        wanted += [each.number for each in found.values() if each.parent == number]


@dataclass
class Memory:
    """Looks at a process and all below it for as long as it is entered."""

    parent: int
    looks: list[tuple[float, dict[int, Process]]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self.looks.append((time(), {each.number: each for each in below(self.parent)}))

    def growth(self, begin: float) -> list[Growth]:
        """Since that moment, of each process that has lived since."""
        seen = [look for at, look in self.looks if at >= begin]
        lasting = set.intersection(*(set(look) for look in seen))
        part = max(1, len(seen) // _SHARE)
        return [
            Growth(seen[0][number].name, *_medians(seen[:part], seen[-part:], number))
            for number in sorted(lasting)
            if seen[0][number].name != JOB
        ]

    def names(self, since: float) -> set[tuple[int, str]]:
        """Numbers and names of all but jobs that were seen since: each that died adds one.

        Seen twice, as who takes a dead one's place is: what is about to become a job still has the
        words of the worker that forked it for a moment.
        """
        seen = Counter(
            (each.number, each.name)
            for at, look in self.looks
            if at >= since
            for each in look.values()
            if each.name != JOB
        )
        return {process for process, times in seen.items() if times > 1}


def _medians(
    first: list[dict[int, Process]], last: list[dict[int, Process]], number: int
) -> tuple[float, float]:
    """Mebibytes in each of two groups of looks."""
    before = float(np.median([look[number].mebibytes for look in first]))
    after = float(np.median([look[number].mebibytes for look in last]))
    return before, after
