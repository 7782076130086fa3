"""Faults are tried on copies of the trained demo."""

from tests.stack.conftest import copy_of_demo, demo, short_folder

__all__ = ["copy_of_demo", "demo", "short_folder"]
