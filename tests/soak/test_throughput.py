"""The benchmark of throughput, made small: that its figures fit together. 1 minute."""

import pytest

from benchmarks import throughput
from benchmarks.serving.world import Size

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(1200)]


def test_each_line_has_its_rate_its_memory_and_its_ratio(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(throughput, "SMALL", (Size(400, 20), Size(800, 300)))
    monkeypatch.setattr(throughput, "SECONDS", 1.0)
    assert throughput.main(["--small"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    sizes = [tuple(map(int, line[:3])) for line in lines]
    assert sizes == [(400, 20, 1), (400, 20, 2), (800, 300, 1), (800, 300, 2)]
    rates = {size: float(line[3]) for size, line in zip(sizes, lines, strict=True)}
    assert min(rates.values()) > 0
    assert all(float(line[4]) > 0 and float(line[5]) > 50 for line in lines)
    for size, line in zip(sizes, lines, strict=True):
        ratio = rates[size] / rates[400, 20, size[2]]
        assert float(line[6]) == pytest.approx(ratio, abs=0.2)
