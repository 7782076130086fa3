"""What no program may do to a model's file, and a failing disk or a person does all the same."""

from pathlib import Path


def overwrite(path: Path, content: bytes | bytearray) -> None:
    """Models' files are sealed: whoever wants to spoil one has to break the seal first."""
    path.chmod(0o644)
    path.write_bytes(content)
