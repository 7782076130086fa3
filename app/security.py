"""Passwords and tokens: what is kept of them never gives them away."""

import hashlib
import secrets
import threading

from pwdlib import PasswordHash

_HASHER = PasswordHash.recommended()
_TOKEN_BYTES = 32
_NOBODYS_HASH = _HASHER.hash(secrets.token_urlsafe(_TOKEN_BYTES))
"""Checked when nobody has the name, so that an answer's time tells nothing."""
AT_ONCE = 4
"""Argon2 takes 64 MiB for each: forty sign-ins at one moment would take 2.5 GiB."""
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended cost."""
    with _TURNS:
        return _HASHER.hash(_bytes(password))


def password_matches(password: str, password_hash: str | None) -> bool:
    """False without a hash, after the same work as with one."""
    with _TURNS:
        matches = _HASHER.verify(_bytes(password), password_hash or _NOBODYS_HASH)
    return matches and password_hash is not None


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """SHA-256: a token is random already, a slow hash would only cost time."""
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    """Of any text: JSON can carry halves of surrogate pairs, which plain UTF-8 refuses."""
    return text.encode("utf-8", "surrogatepass")
