"""What every foreseen error is."""

from typing import Any, ClassVar


class PyTuneError(Exception):
    """A foreseen failure: `code` for programs, `values` for wording, the text for people.

    Subclasses give `code` and a `template` in which the values stand in braces.
    """

    code: ClassVar[str] = "error"
    template: ClassVar[str] = "Something went wrong."

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.template.format(**values))
