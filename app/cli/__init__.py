"""The `pytune` command: every failure that is foreseen is one line and an exit code."""

import os
import sys

from typer.exceptions import Abort, TyperException

from app.cli.commands import app
from app.errors import PyTuneError

_HELP_IS_THE_ANSWER = "NoArgsIsHelpError"
"""Of typer's own copy of click, which it does not export."""
FAILED = 1
INTERRUPTED = 130
"""Exit codes; wrong words on the command line give 2."""


def main() -> None:
    """Run a command. PYTUNE_TRACEBACK=1 shows where an error arose."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        if type(error).__name__ == _HELP_IS_THE_ANSWER:
            print(error.format_message())  # noqa: T201
            sys.exit(error.exit_code)
        _say(f"{error.format_message()} (--help shows what there is)")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, Abort):
        sys.exit(INTERRUPTED)
    except Exception as error:
        if os.environ.get("PYTUNE_TRACEBACK"):
            raise
        _say(_worded(error))
        sys.exit(FAILED)


def _say(text: str) -> None:
    print(f"pytune: {text}", file=sys.stderr)  # noqa: T201


def _worded(error: Exception) -> str:
    """One line, whatever went wrong."""
    from pydantic import ValidationError  # both are slow to import, and seldom needed
    from sqlalchemy.exc import SQLAlchemyError

    if isinstance(error, PyTuneError):
        text = str(error)
    elif isinstance(error, ValidationError):
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        given = "" if name.endswith("_URL") else f", is {first['input']!r}"  # it holds a password
        text = f"PYTUNE_{name}: {first['msg'].removeprefix('Value error, ')}{given}"
    elif isinstance(error, SQLAlchemyError):
        text = f"the database refused: {getattr(error, 'orig', None) or error}"
    else:
        text = f"{type(error).__name__}: {error} (PYTUNE_TRACEBACK=1 shows where)"
    return " ".join(text.split())
