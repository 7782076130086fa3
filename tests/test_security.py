"""What is kept of passwords and tokens gives nothing away."""

from threading import Event, Semaphore

import pytest
from anyio import create_task_group, to_thread

from app import security
from app.errors import RateLimited
from tests.loops import run_async

_PATIENCE_SECONDS = 60


def test_a_password_matches_its_own_hash_alone() -> None:
    kept = security.hash_password("correct horse")
    assert security.password_matches("correct horse", kept)
    assert not security.password_matches("correct horsf", kept)
    assert "correct" not in kept


def test_the_same_password_is_never_kept_alike_twice() -> None:
    assert security.hash_password("correct horse") != security.hash_password("correct horse")


def test_who_has_no_password_matches_none() -> None:
    assert not security.password_matches("", None)


def test_tokens_differ_and_only_their_hashes_are_kept() -> None:
    tokens = {security.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token not in security.token_hash(token) for token in tokens)
    assert len({security.token_hash(token) for token in tokens}) == 100


def test_a_token_of_any_text_has_a_hash() -> None:
    assert security.token_hash("\ud800") != security.token_hash("\ud801")


class _Slow:
    """Looks at a password for as long as it is told to."""

    def __init__(self) -> None:
        self.inside, self._over = Semaphore(0), Event()

    def __call__(self) -> bool:
        self.inside.release()
        return self._over.wait(_PATIENCE_SECONDS)

    async def await_all_turns(self) -> None:
        """In threads that requests share: these are free, however many wait."""
        for _ in range(security.AT_ONCE):
            assert await to_thread.run_sync(self.inside.acquire)

    def end(self) -> None:
        self._over.set()


def test_few_passwords_are_looked_at_at_once_and_requests_keep_their_threads() -> None:
    """Each takes 64 MiB meanwhile."""
    slow = _Slow()

    async def crowd() -> None:
        hashing = security.Hashing()
        async with create_task_group() as looks:
            for _ in range(60):
                looks.start_soon(hashing.run, slow)
            await slow.await_all_turns()
            assert not slow.inside.acquire(blocking=False)
            slow.end()

    run_async(crowd)
    assert sum(slow.inside.acquire(blocking=False) for _ in range(60)) == 60 - security.AT_ONCE


def test_who_would_wait_behind_too_many_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(security, "MOST_WAITING", 2)
    slow = _Slow()

    async def crowd() -> None:
        hashing = security.Hashing()
        async with create_task_group() as looks:
            for _ in range(security.AT_ONCE + 2):
                looks.start_soon(hashing.run, slow)
            await slow.await_all_turns()
            with pytest.raises(RateLimited, match="again in 5 seconds"):
                await hashing.run(slow)
            slow.end()

    run_async(crowd)
