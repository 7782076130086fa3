"""Made-up months: listeners with tastes, the lists a model serves them, and what they then play."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from sqlmodel import Session

from app.listening import EVENTS, USER_ITEMS
from app.models import EventKind, ListKind, Promotion, Training, TrainingState
from app.models.columns import id_of
from app.observing import PREDICTIONS
from tests import making

START = datetime(2026, 3, 2, tzinfo=UTC)
LISTENERS, GENRES, TRACKS_EACH = 48, 4, 150
_SHOWN, _PLAYS, _DAILY = 10, 4, 0.8
_FOUNDED = timedelta(days=60)
"""Before START, every track of a genre was heard by somebody of its taste."""


@dataclass
class World:
    """Listener n is served tracks of genre n % 4, such as they never heard; what they like may be
    another, and half of what they choose by themselves they choose again.
    """

    users: list[int]
    tracks: list[list[int]]
    """By genre."""
    tastes: list[int]
    rng: np.random.Generator
    hour: int = 19
    heard: dict[int, list[int]] = field(default_factory=dict)
    """By listener, in the order of their first plays."""
    novelties: list[int] | None = None
    """Tracks that half of all plays are of, whatever anybody's taste."""

    @classmethod
    def make(cls, session: Session, seed: int = 1) -> "World":
        users = [making.user(session, f"listener {n}") for n in range(LISTENERS)]
        tracks = [making.tracks(session, TRACKS_EACH, f"Genre {n}") for n in range(GENRES)]
        tastes = [n % GENRES for n in range(LISTENERS)]
        world = cls(users, tracks, tastes, np.random.default_rng(seed))
        session.connection().execute(EVENTS.insert(), world._founding())
        return world

    def change_tastes(self) -> None:
        """Half the listeners turn to another genre; the lists do not."""
        for n in range(0, LISTENERS, 2):
            self.tastes[n] = (self.tastes[n] + 1 + n // 4 % (GENRES - 1)) % GENRES

    def take_up_new_genres(self, session: Session) -> None:
        """Half the listeners turn to genres that nobody had heard before; the lists do not."""
        first = len(self.tracks)
        names = [f"Genre {first + n}" for n in range(GENRES)]
        self.tracks += [making.tracks(session, TRACKS_EACH, name) for name in names]
        for n in range(0, LISTENERS, 2):
            self.tastes[n] = first + n // 2 % GENRES

    def live(self, session: Session, day: int, days: int, version: int) -> None:
        """So many days from that day on: one list and four plays for each listener and day."""
        lists: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        for today in range(day, day + days):
            for n, user in enumerate(self.users):
                if self.rng.random() < _DAILY:
                    shown = self._shown(n)
                    lists.append(served(user, shown, self._evening(today), version))
                    events += self._plays(n, lists[-1])
        session.connection().execute(PREDICTIONS.insert(), lists)
        session.connection().execute(EVENTS.insert(), events)

    def _founding(self) -> list[dict[str, Any]]:
        rows = []
        for genre, tracks in enumerate(self.tracks):
            listeners = range(genre, LISTENERS, GENRES)
            for number, track in enumerate(tracks):
                n = listeners[number % len(listeners)]
                self.heard.setdefault(n, []).append(track)
                long_ago = served(self.users[n], [], START - _FOUNDED)
                rows.append(played(long_ago, track, None, minutes=4 * number))
        return rows

    def _evening(self, day: int) -> datetime:
        minutes = int(self.rng.integers(0, 120))
        return START + timedelta(days=day, hours=self.hour, minutes=minutes)

    def _shown(self, n: int) -> list[int]:
        unheard = np.setdiff1d(self.tracks[n % GENRES], self.heard[n])
        chosen: list[int] = self.rng.choice(unheard, _SHOWN, replace=False).tolist()
        return chosen

    def _plays(self, n: int, after: dict[str, Any]) -> list[dict[str, Any]]:
        shown = [track for track, _ in after["items"]]
        rows = []
        for number in range(1, _PLAYS + 1):
            track, place = self._choice(n, shown)
            if track not in self.heard[n]:
                self.heard[n].append(track)
            rows.append(played(after, track, place, minutes=4 * number))
        return rows

    def _choice(self, n: int, shown: list[int]) -> tuple[int, int | None]:
        """Half from the list, near its top, if it is to their taste; else of their genre, or of
        what they heard of it before.
        """
        if self.novelties and self.rng.random() < 0.5:
            return int(self.rng.choice(self.novelties)), None
        if self.tastes[n] == n % GENRES and self.rng.random() < 0.5:
            place = min(int(self.rng.geometric(0.3)), _SHOWN)
            return shown[place - 1], place
        genre = self.tracks[self.tastes[n]]
        known = np.intersect1d(genre, self.heard[n])
        again = len(known) > 0 and self.rng.random() < 0.5
        return int(self.rng.choice(known if again else genre)), None


def crown(session: Session, at: datetime, alpha: float = 1.0) -> int:
    """A champion since then, fitted on all that is there; its number."""
    last = EVENTS.select().order_by(EVENTS.c.id.desc()).limit(1)
    newest = session.connection().execute(last).first()
    row = Training(
        requested_by="root",
        algorithm="als",
        settings={"weighting": "log", "alpha": alpha},
        seed=1,
        state=TrainingState.FINISHED,
        artifact="model",
        last_event_id=newest.id if newest else 0,
    )
    session.add(row)
    session.flush()
    number = id_of(row)
    session.add(Promotion(training_id=number, promoted_by="gate", reason="", created_at=at))
    session.flush()
    return number


def sum_up(session: Session) -> None:
    """What each listener did with each track, as it is kept beside the events."""
    session.connection().execute(USER_ITEMS.delete())
    sums = "SELECT user_id, track_id, SUM(plays), 0, MAX(occurred_at) FROM event"
    into = "INSERT INTO user_item (user_id, track_id, plays, skips, last_listened_at)"
    session.connection().exec_driver_sql(f"{into} {sums} GROUP BY user_id, track_id")


def served(
    user: int,
    tracks: list[int],
    at: datetime,
    version: int = 1,
    discovery: float | None = None,
) -> dict[str, Any]:
    """A row of the lists that were served."""
    return {
        "list_id": str(uuid4()),
        "user_id": user,
        "kind": ListKind.RECOMMENDATIONS,
        "model_version": version,
        "discovery": discovery,
        "served_at": at,
        "items": [[track, 1.0] for track in tracks],
    }


def played(
    after: dict[str, Any], track: int, position: int | None, *, minutes: int
) -> dict[str, Any]:
    """A row of a listen some minutes after a list, and from it if it has a position there."""
    return {
        "user_id": after["user_id"],
        "track_id": track,
        "kind": EventKind.LISTEN,
        "occurred_at": after["served_at"] + timedelta(minutes=minutes),
        "plays": 1,
        "source": "test",
        "list_id": after["list_id"] if position else None,
        "position": position,
        "recorded_at": after["served_at"],
    }
