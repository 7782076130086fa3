"""What one request counts beyond one: all of it, or nothing where there is no room."""

from pathlib import Path

import pytest
from limits import RateLimitItem

from app.access import Access, Caller, Viewer
from app.db import Database
from app.errors import TooManyRequests
from app.models import Role
from app.rates import Window
from app.settings import Settings

CALLER = Caller("10.0.0.1", None, None)
LISTENER = Viewer(1, "ann", Role.LISTENER)


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
