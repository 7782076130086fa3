"""A radio's cursor: comes back as it went, and anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.recommending.cursor import MEMORY, Cursor, Seed, SeedKind

SEEDS = (
    Seed(SeedKind.TRACK, 12),
    Seed(SeedKind.ARTIST, 2**31 - 1),
    Seed(SeedKind.PLAYLIST, 7),
    Seed(SeedKind.LIST, "6392794c-7af5-41a5-be33-9d6cf0ff3cf1"),
)


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_it_comes_back_as_it_went(seed: Seed) -> None:
    cursor = Cursor.start(seed).after([1, 2**31 - 1]).after([7])
    assert cursor.queued == (1, 2**31 - 1, 7)
    assert Cursor.read(str(cursor)) == cursor
    assert Seed.parse(str(seed)) == seed


def test_it_stays_short_however_long_the_radio_runs() -> None:
    cursor = Cursor.start(SEEDS[0]).after(list(range(1, 1000)))
    assert cursor.queued == tuple(range(1000 - MEMORY, 1000))
    assert len(str(cursor)) < 2000
    assert Cursor.read(str(cursor)) == cursor


@given(st.one_of(st.text(max_size=100), st.binary(max_size=60).map(lambda raw: raw.hex())))
def test_junk_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="after"):
        Cursor.read(text)


def test_a_cursor_that_was_tampered_with_is_refused_or_harmless() -> None:
    text = str(Cursor.start(SEEDS[0]).after([1, 2, 3]))
    for place in range(0, len(text), 3):
        try:
            changed = Cursor.read(text[:place] + "_" + text[place + 1 :])
        except InvalidInput:
            continue
        assert len(changed.queued) <= 3
    with pytest.raises(InvalidInput):
        Cursor.read("A" * 100_000)


@pytest.mark.parametrize(
    "text", ["", "track", "track-0", "track--1", "song-1", "list-7", "playlist-0", "track-1e3"]
)
def test_a_seed_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="seed"):
        Seed.parse(text)
