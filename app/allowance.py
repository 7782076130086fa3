"""How much a user may keep open in this process at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import TooManyOpen


class Allowance:
    """Lives in the event loop, whose turns need no lock."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._open: Counter[int] = Counter()

    @contextmanager
    def taken(self, user_id: int) -> Iterator[None]:
        """One more of theirs, until it is closed. Raises TooManyOpen."""
        if self._open[user_id] >= self.most:
            raise TooManyOpen(most=self.most)
        self._open[user_id] += 1
        try:
            yield
        finally:
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]
