"""The other benchmarks, made small: that they run and say what they claim to."""

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from benchmarks import (
    api_speed,
    click_to_content,
    import_memory,
    large,
    lighthouse,
    listens_speed,
    recommend_speed,
    search_speed,
)
from benchmarks.serving.load import Answered


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
    code = search_speed.main()
    lines = capsys.readouterr().out.splitlines()
    kinds = ["one character", "two characters", "several words", "one error", "words, an error"]
    ratios = []
    for kind, line in zip(kinds, lines[3:], strict=False):
        assert line.startswith(kind)
        few, many, *_, ratio = (float(cell) for cell in line.removeprefix(kind).split())
        assert ratio == pytest.approx(many / few, rel=0.2)
        ratios.append(ratio)
    assert lines[-1].startswith(f"The worst ratio is {max(ratios):.2f}, at most 5; ")
    assert code == (max(ratios) > 5)
    monkeypatch.setattr(search_speed, "MOST", 0.0)
    assert search_speed.main() == 1


@pytest.mark.parametrize(
    ("ratios", "p99", "is_kept"),
    [([0.5, 0.9], 50.0, True), ([0.9, 0.49], 50.0, False), ([0.5, 0.9], 50.1, False)],
)
def test_the_api_fails_where_it_is_too_slow_or_too_uneven(
    ratios: list[float], p99: float, *, is_kept: bool
) -> None:
    assert api_speed.is_kept(ratios, Answered(20.0, 10.0, p99, 1000)) == is_kept


def test_listens_and_clicks_fail_where_they_are_too_slow() -> None:
    assert (listens_speed.told(50, 100), listens_speed.told(49, 100)) == (0, 1)
    assert click_to_content.told(([30.0], [10.0])) == 0
    assert click_to_content.told(([30.1], [10.0])) == 1


@pytest.mark.parametrize(
    ("lost_by_machine", "changed", "is_kept"),
    [
        (0, {}, True),
        (0, {"performance": 94}, False),
        (1, {"performance": 94}, True),
        (1, {"accessibility": 99}, False),
    ],
)
def test_a_page_fails_where_it_has_less_than_it_is_to_have(
    lost_by_machine: int, changed: dict[str, int], *, is_kept: bool
) -> None:
    whole = dict.fromkeys(lighthouse.LEAST, 100)
    empty = whole | {"performance": 100 - lost_by_machine}
    pages = {"home": lighthouse.LEAST | changed, "track": whole}
    assert lighthouse.is_kept(empty, **pages) == is_kept


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
