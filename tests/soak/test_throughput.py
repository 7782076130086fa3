"""The benchmark of throughput, made small: that its figures fit together. 1 minute."""

import pytest

from benchmarks import throughput

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(1200)]


def test_each_line_has_its_rate_its_memory_and_its_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(throughput, "SECONDS", 1.0)
    assert throughput.main(["--size", "400x20", "--size", "800x300"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    sizes = [tuple(map(int, line[:3])) for line in lines]
    assert sizes == [(400, 20, 1), (400, 20, 2), (800, 300, 1), (800, 300, 2)]
    costs = [float(line[5]) for line in lines]
    assert all(float(line[3]) > 0 and float(line[4]) > 0 for line in lines)
    assert all(float(line[7]) > 50 for line in lines)
    for line, cost in zip(lines, costs, strict=True):
        assert float(line[6]) == pytest.approx(cost / costs[0], abs=0.1)
