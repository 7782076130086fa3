from pathlib import Path

import pytest

from app.demo.__main__ import main


def test_command_writes_a_set_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--listeners", "5", "--tracks", "50", "--seed", "1"]) == 0
    assert capsys.readouterr().out.startswith("50 tracks and ")
    assert (tmp_path / "tracks.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--listeners", "0"], 1), (["--tracks", "some"], 2)]
)
def test_command_errors_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    try:
        got = main([str(tmp_path), *arguments])
    except SystemExit as left:
        got = int(str(left.code))
    assert got == status
    assert capsys.readouterr().err.count("\n") == 1
