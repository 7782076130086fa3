"""Statements are compiled once a run and not once a test: all engines of a kind share them.

An engine keeps by its dialect what it has compiled, and each test's engines have dialects of their
own, which differ in nothing.
"""

from collections.abc import Hashable
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

_MOST = 4000
"""Statements that are kept; all tests together make fewer."""
_compiled: dict[Hashable, Any] = {}


def pytest_configure() -> None:
    alike: dict[str, Any] = {
        "engine_created": classmethod(_share),
        "__eq__": lambda one, other: _kind(one) == _kind(other),
        "__hash__": lambda one: hash(_kind(one)),
    }
    for name, made in alike.items():
        setattr(DefaultDialect, name, made)


def _share(_: type[DefaultDialect], engine: Engine) -> None:
    """SQLAlchemy calls it with each engine that is made."""
    kept: Any = _compiled.setdefault(_kind(engine.dialect), engine._compiled_cache)
    kept.capacity = _MOST
    engine._compiled_cache = kept


def _kind(dialect: Any) -> Hashable:
    return type(dialect), getattr(dialect, "paramstyle", None)
