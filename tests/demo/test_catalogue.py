import csv
import io
from collections import Counter
from importlib.resources import files

import pytest

from app.demo import Recording, era, recordings


@pytest.fixture(scope="module")
def catalogue() -> list[Recording]:
    return recordings()


def test_header_is_that_of_pytune_csv() -> None:
    first = files("app.demo").joinpath("catalogue.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first == "track_id,title,artist,album,year,genre,youtube_id"


def test_every_line_has_seven_fields_and_no_stray_spaces() -> None:
    text = files("app.demo").joinpath("catalogue.csv").read_text(encoding="utf-8")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert len(row) == 7
        assert row == [field.strip() for field in row]


def test_holds_at_least_600_recordings_numbered_from_one(catalogue: list[Recording]) -> None:
    assert len(catalogue) >= 600
    assert [r.track_id for r in catalogue] == list(range(1, len(catalogue) + 1))


def test_no_recording_twice(catalogue: list[Recording]) -> None:
    counts = Counter((r.artist.casefold(), r.title.casefold()) for r in catalogue)
    assert [pair for pair, count in counts.items() if count > 1] == []


def test_every_recording_has_title_artist_and_genre(catalogue: list[Recording]) -> None:
    assert all(r.title and r.artist and r.genre for r in catalogue)


def test_years_are_those_of_recorded_music(catalogue: list[Recording]) -> None:
    assert all(1940 <= r.year <= 2025 for r in catalogue)


def test_every_decade_since_the_1950s_is_heard(catalogue: list[Recording]) -> None:
    eras = Counter(era(r.year) for r in catalogue)
    assert all(eras[f"{decade}s"] >= 30 for decade in range(1950, 2021, 10))


def test_at_least_12_genres_and_none_tiny(catalogue: list[Recording]) -> None:
    genres = Counter(r.genre for r in catalogue)
    assert len(genres) >= 12
    assert min(genres.values()) >= 30


def test_each_genre_spans_several_decades(catalogue: list[Recording]) -> None:
    pairs = {(r.genre, era(r.year)) for r in catalogue}
    assert min(Counter(genre for genre, _ in pairs).values()) >= 4


def test_many_artists_have_a_page_worth_visiting(catalogue: list[Recording]) -> None:
    artists = Counter(r.artist for r in catalogue)
    assert sum(count >= 3 for count in artists.values()) >= 100


@pytest.mark.parametrize(
    "artist", ["U2", "The The", "Björk", "山下達郎", "Кино", "Μελίνα Μερκούρη"]
)
def test_names_that_break_careless_search_are_there(
    catalogue: list[Recording], artist: str
) -> None:
    assert any(r.artist == artist for r in catalogue)


@pytest.mark.parametrize(
    ("year", "name"), [(1970, "1970s"), (1979, "1970s"), (2000, "2000s"), (2026, "2020s")]
)
def test_era_is_the_decade(year: int, name: str) -> None:
    assert era(year) == name
