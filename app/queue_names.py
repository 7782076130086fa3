"""The queues by name. Nothing is imported for it: commands offer them before RQ is needed."""

from enum import StrEnum


class QueueName(StrEnum):
    """Each has workers of its own, so that none of its jobs waits for one of another kind."""

    MODELS = "models"
    """What fits models: minutes to hours, and much of the machine's memory, so one at a time."""
    IMPORTS = "imports"
    """Files of listens and catalogues: minutes to hours, and little memory."""
    SHORT = "short"
    """All else: seconds."""

    @property
    def key(self) -> str:
        """In the key-value server. The first has the name of the time when there was but one."""
        return "pytune" if self is QueueName.MODELS else f"pytune-{self.value}"
