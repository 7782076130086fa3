"""What could not be taken is written down, and never without bound."""

from pathlib import Path

import pytest

from app.importing import report
from app.importing.report import RejectedFile
from app.importing.rows import Rejected


def test_a_file_of_nothing_but_faults_fills_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MAX_BYTES", 1000)
    rejected = RejectedFile(tmp_path / "rejected.csv")
    for line in range(5000):
        rejected.add(Rejected("a.json", line, "track_name: is missing", "{}"))
    assert 1000 <= rejected.size < 1100
    assert sum(rejected.reasons.values()) == 5000
    rejected.close()
