"""The other benchmarks, made small: that they run and say what they claim to."""

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from benchmarks import (
    click_to_content,
    import_memory,
    large,
    lighthouse,
    recommend_speed,
    search_speed,
)


def test_the_large_file_has_about_the_rows_asked_for_each_once() -> None:
    pairs = large.made_up(3000, 20_000, 40_000)
    assert 36_000 < len(pairs) < 44_000
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert pairs.min() == 0
    assert len(np.unique(pairs[:, 0])) == 3000
    assert 8000 < len(np.unique(pairs[:, 1])) <= 20_000


def test_the_large_benchmark_reports_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    sizes = ["--listeners", "300", "--items", "1000", "--rows", "4000"]
    large.main([*sizes, "--budget-seconds", "1", "--algorithms", "popularity"])
    said = capfd.readouterr().out
    assert "300 listeners" in said
    assert re.search(r"\d+ s in all, 0 of them the last fit \(popularity\)", said)
    assert re.search(r"at most [1-9][\d,]* MiB", said)


def test_speed_is_reported_as_a_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recommend_speed, "SIZES", {3000: 3})
    recommend_speed.main()
    tracks, whole, least, ratio = capsys.readouterr().out.splitlines()[-1].split()
    assert tracks == "3000"
    assert float(ratio) == pytest.approx(float(whole) / float(least), rel=0.2)


def test_searches_are_compared_with_both_peers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(search_speed, "SIZES", (300, 600))
    monkeypatch.setattr(search_speed, "TURNS", 5)
    assert search_speed.main() == 0
    lines = capsys.readouterr().out.splitlines()
    kinds = ["one character", "two characters", "several words", "one error", "words, an error"]
    ratios = []
    for kind, line in zip(kinds, lines[3:], strict=False):
        assert line.startswith(kind)
        few, many, *_, ratio = (float(cell) for cell in line.removeprefix(kind).split())
        assert ratio == pytest.approx(many / few, rel=0.2)
        ratios.append(ratio)
    assert lines[-1].startswith(f"The worst ratio is {max(ratios):.2f}, at most 5; ")


@pytest.mark.parametrize("benchmark", [lighthouse, click_to_content])
def test_where_a_tool_is_missing_nothing_is_claimed(
    benchmark: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert benchmark.main() == 0
    assert re.fullmatch(
        r"Nothing was measured: this needs (Node|Chromium)\.\n", capsys.readouterr().out
    )


def test_the_peaks_of_two_imports_are_compared(capfd: pytest.CaptureFixture[str]) -> None:
    code = import_memory.main(["--sizes", "100", "200"])
    few, many, verdict = capfd.readouterr().out.splitlines()
    peaks = []
    for size, line in ((100, few), (200, many)):
        match = re.fullmatch(rf" +{size} listens +peak +([\d.]+) MiB", line)
        assert match is not None, line
        peaks.append(float(match[1]))
    assert min(peaks) > 20  # less than Python with what an import needs would be no import
    ratio = float(verdict.removeprefix("ratio ").removesuffix(", at most 1.2"))
    assert ratio == pytest.approx(peaks[1] / peaks[0], abs=0.01)
    assert code == (ratio > 1.2)
