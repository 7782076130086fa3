"""One file with every row and every model, taken while PyTune runs, for either database."""

from app.backup.archive import Report
from app.backup.reading import restore
from app.backup.writing import write

__all__ = ["Report", "restore", "write"]
