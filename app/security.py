"""Passwords and tokens: what is kept of them never gives them away."""

import hashlib
import secrets
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash

from app.errors import RateLimited

T = TypeVar("T")

_HASHER = PasswordHash.recommended()
_TOKEN_BYTES = 32
AT_ONCE = 4
"""Argon2 takes 64 MiB for each: forty sign-ins at one moment would take 2.5 GiB."""
MOST_WAITING = 100
"""Whoever comes behind them would wait for some seconds: they are told to come again."""
_RETRY_SECONDS = 5


class Hashing:
    """Turns at looking at passwords, in threads of their own.

    However many sign in at once, the threads that requests share stay free meanwhile.
    """

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(AT_ONCE)
        _nobodys_hash()  # the first to need it is not to wait longer than the others

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, after those that wait already. Raises RateLimited: too many do."""
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise RateLimited(retry_after_seconds=_RETRY_SECONDS)
        return await to_thread.run_sync(work, limiter=self._limiter)


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended cost."""
    return _HASHER.hash(_bytes(password))


def password_matches(password: str, password_hash: str | None) -> bool:
    """False without a hash, after the same work as with one."""
    matches = _HASHER.verify(_bytes(password), password_hash or _nobodys_hash())
    return matches and password_hash is not None


@cache
def _nobodys_hash() -> str:
    """Checked when nobody has the name, so that an answer's time tells nothing.

    Only a process that looks at passwords makes one: that takes as long as a look does.
    """
    return _HASHER.hash(secrets.token_urlsafe(_TOKEN_BYTES))


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """SHA-256: a token is random already, a slow hash would only cost time."""
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    """Of any text: JSON can carry halves of surrogate pairs, which plain UTF-8 refuses."""
    return text.encode("utf-8", "surrogatepass")
