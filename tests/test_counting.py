"""What is counted beyond one, and what is given back: never to a window it was not taken from."""

import math
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from limits import RateLimitItem, RateLimitItemPerMinute

from app import rates
from app.access import Access, Caller, Viewer
from app.db import Database
from app.errors import RateLimited, TooManyRequests
from app.models import Role
from app.rates import Rates, Window
from app.settings import Settings

CALLER = Caller("10.0.0.1", None, None)
LISTENER = Viewer(1, "ann", Role.LISTENER)
THREE = RateLimitItemPerMinute(3)


def test_a_window_that_ends_gives_nothing_to_the_next(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was refused must not be given back to a window that it was never taken from."""
    door = Access(settings.model_copy(update={"requests_per_minute": 10}), database)
    counting, told = door._rates, door._rates.window

    def end(limit: RateLimitItem, *key: str) -> Window:
        window = told(limit, *key)
        counting._shared.clear(limit, *key)
        return window

    door.count_more(CALLER, LISTENER, 5)
    with monkeypatch.context() as ending:
        ending.setattr(counting, "window", end)
        with pytest.raises(TooManyRequests):
            door.count_more(CALLER, LISTENER, 6)
    door.count_more(CALLER, LISTENER, 9)
    assert door.requests_left(CALLER, LISTENER).remaining == 1


@pytest.mark.parametrize("shared", [True, False])
def test_what_there_is_no_room_for_is_not_counted(
    settings: Settings, database: Database, tmp_path: Path, *, shared: bool
) -> None:
    server = {} if shared else {"redis_url": f"unix://{tmp_path}/none"}
    door = Access(settings.model_copy(update={"requests_per_minute": 10} | server), database)
    door.count_more(CALLER, LISTENER, 5)
    with pytest.raises(TooManyRequests):
        door.count_more(CALLER, LISTENER, 6)
    assert door.requests_left(CALLER, LISTENER).remaining == 5
    door.count_more(CALLER, LISTENER, 5)
    assert door.requests_left(CALLER, LISTENER).remaining == 0


@pytest.fixture
def counting(sqlite_settings: Settings) -> Rates:
    return Rates(sqlite_settings)


def test_what_is_given_back_can_be_taken_again(counting: Rates) -> None:
    loans = [counting.lend(THREE, "ann") for _ in range(3)]
    with pytest.raises(RateLimited):
        counting.lend(THREE, "ann")
    for loan in loans[1:]:
        counting.give_back(loan)
    # The one that was refused counts too.
    assert counting.window(THREE, "ann").remaining == 1


def test_what_was_taken_from_a_window_that_is_over_is_not_given_to_the_next(
    counting: Rates, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan = counting.lend(THREE, "ann")
    counting._shared.clear(THREE, "ann")
    minute_later = SimpleNamespace(time=time.time, monotonic=lambda: time.monotonic() + 60)
    monkeypatch.setattr(rates, "time", minute_later)
    counting.give_back(loan)
    assert counting.window(THREE, "ann").remaining == 3


def test_nothing_is_given_back_shortly_before_a_window_ends(
    counting: Rates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could arrive after the end."""
    counting.lend(THREE, "ann")
    monkeypatch.setattr(rates, "_CAUTION_SECONDS", 60.0)
    counting.give_back(counting.lend(THREE, "ann"))
    assert counting.window(THREE, "ann").remaining == 1


def test_what_all_processes_counted_is_not_given_to_one_alone(counting: Rates) -> None:
    loan = counting.lend(THREE, "ann")
    counting._absent_until = math.inf
    counting.give_back(loan)
    assert counting.window(THREE, "ann").remaining == 3
    counting._absent_until = 0.0
    assert counting.window(THREE, "ann").remaining == 3
