"""What is kept of passwords and tokens gives nothing away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from app import security


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


def test_few_passwords_are_looked_at_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB meanwhile."""
    inside, most, lock, hasher = 0, 0, Lock(), security._HASHER

    class Counted:
        def verify(self, *words: bytes | str) -> bool:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            try:
                return hasher.verify(*words)
            finally:
                with lock:
                    inside -= 1

    monkeypatch.setattr(security, "_HASHER", Counted())
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda _: security.password_matches("guess", None), range(20))
        assert not any(answers)
    assert 1 <= most <= security.AT_ONCE
