import os
from pathlib import Path

import pytest

from app.machine import memory_for_fits

ALL = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("text", [None, "max\n", str(2**62)])
def test_without_a_limit_three_quarters_of_the_machine_are_for_fits(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "limit").write_text(text)
    assert memory_for_fits((tmp_path / "limit",)) == int(0.75 * ALL / 2**20)


def test_a_containers_limit_counts_where_it_is_less(tmp_path: Path) -> None:
    (tmp_path / "limit").write_text("1073741824\n")
    assert memory_for_fits((tmp_path / "none", tmp_path / "limit")) == 768
