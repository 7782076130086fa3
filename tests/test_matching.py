"""Names that mean one recording, and names that do not: as docs/importing.md says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching import Recording

PAGE = Path(__file__).resolve().parents[1] / "docs" / "importing.md"


def _examples() -> list[tuple[str, str, bool]]:
    table = PAGE.read_text().partition("| One | Other | Same track |\n|---|---|---|\n")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return [(one, other, same == "yes") for one, other, same in rows]


def _read(named: str) -> Recording:
    artist, _, title = named.partition(": ")
    return Recording.of(title, artist)


@pytest.mark.parametrize(("one", "other", "same"), _examples())
def test_the_page_says_what_is_the_same_track(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert _read(one).agrees(_read(other)) is same
    assert _read(other).agrees(_read(one)) is same


def test_the_page_has_examples_of_both() -> None:
    assert {same for _, _, same in _examples()} == {True, False}


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Hurt - Remastered", "Hurt"),
        ("Hurt - 2002 - Remaster", "Hurt"),
        ("Hurt (2002 Digital Remaster)", "Hurt"),
        ("Hurt [Remastered Version]", "Hurt"),
        ("Hurt (ft. June)", "Hurt"),
        ("Hurt ft. June (Live)", "Hurt (Live)"),
        ("Hurt (feat. June) [Live]", "Hurt Live"),
        ("Don’t", "Don't"),
    ],
)
def test_marks_that_say_nothing(title: str, same: str) -> None:
    assert Recording.of(title, "Cash").key == Recording.of(same, "Cash").key


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Remastered", "Hurt"),
        ("Hurt - Live / Remastered", "Hurt"),
        ("Six ft Under", "Six"),
        ("Defeat", "De"),
        ("feat. June", "ft. Ann"),
        ("10%", "10"),
        ("Hurt (Mono)", "Hurt"),
        ("Hurt, Pt. 1", "Hurt, Pt. 2"),
    ],
)
def test_marks_that_say_something(title: str, other: str) -> None:
    assert Recording.of(title, "Cash").key != Recording.of(other, "Cash").key


def test_lengths_that_differ_tell_recordings_apart() -> None:
    single, album = Recording.of("Creep", "Radiohead", 188), Recording.of("Creep", "Radiohead", 238)
    assert not single.agrees(album)
    assert single.agrees(Recording.of("Creep", "Radiohead", 191))
    assert single.agrees(Recording.of("Creep", "Radiohead"))


@given(title=st.text(), artist=st.text())
def test_any_names_have_a_key(title: str, artist: str) -> None:
    mine = Recording.of(title, artist)
    assert len(mine.key) == 32
    assert mine.agrees(Recording.of(title, artist))
