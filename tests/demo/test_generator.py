import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.demo import GeneratedDemo, era, generate, recordings
from app.errors import InvalidInput

TRACK_HEADER = ["track_id", "title", "artist", "album", "year", "genre", "youtube_id"]
GENRE, DECADE = 0, 1
Plays = dict[str, Counter[int]]


@dataclass(frozen=True)
class Listen:
    user_id: str
    track_id: int
    at: datetime


@dataclass(frozen=True)
class Demo:
    """A generated set, read back as an importer would."""

    made: GeneratedDemo
    tracks: dict[int, dict[str, str]]
    listens: list[Listen]

    def kinds(self, track_id: int) -> tuple[str, str]:
        track = self.tracks[track_id]
        return track["genre"], era(int(track["year"]))

    def plays(self) -> Plays:
        plays: Plays = {}
        for listen in self.listens:
            plays.setdefault(listen.user_id, Counter())[listen.track_id] += 1
        return plays


def read(made: GeneratedDemo) -> Demo:
    with made.tracks_file.open(encoding="utf-8", newline="") as lines:
        tracks = {int(row["track_id"]): row for row in csv.DictReader(lines)}
    with gzip.open(made.listens_file, "rt", encoding="utf-8", newline="") as lines:
        listens = [
            Listen(row["user_id"], int(row["track_id"]), datetime.fromisoformat(row["listened_at"]))
            for row in csv.DictReader(lines)
        ]
    return Demo(made, tracks, listens)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return read(generate(tmp_path_factory.mktemp("demo")))


def both(made: GeneratedDemo) -> tuple[bytes, bytes]:
    return made.tracks_file.read_bytes(), made.listens_file.read_bytes()


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", listeners=50, tracks=1_500)
    other = generate(tmp_path / "other", listeners=50, tracks=1_500)
    assert both(one) == both(other)
    assert one.tastes == other.tastes


def test_another_seed_gives_other_listens(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", listeners=50)
    other = generate(tmp_path / "other", listeners=50, seed=8)
    assert both(one)[0] == both(other)[0]
    assert both(one)[1] != both(other)[1]


def test_sizes_are_as_asked_and_as_told(demo: Demo) -> None:
    assert demo.made.listener_count == len(demo.plays()) == 2_000
    assert demo.made.track_count == len(demo.tracks) == len(recordings())
    assert demo.made.listen_count == len(demo.listens)


def test_listens_a_listener_are_long_tailed(demo: Demo) -> None:
    sizes = np.array([sum(tracks.values()) for tracks in demo.plays().values()])
    assert 60 <= sizes.mean() <= 150
    assert np.median(sizes) < 0.85 * sizes.mean()
    assert sizes.max() > 500


def test_files_have_pytune_columns_and_times_in_utc(demo: Demo) -> None:
    with gzip.open(demo.made.listens_file, "rt", encoding="utf-8") as lines:
        assert next(lines) == "user_id,track_id,listened_at\n"
        user_id, _, at = next(lines).rstrip("\n").split(",")
    assert user_id == "listener-0001"
    assert datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) == demo.listens[0].at
    assert list(demo.tracks[1]) == TRACK_HEADER


def test_listens_lie_in_the_year_before_until(demo: Demo) -> None:
    until = datetime(2026, 10, 31, tzinfo=UTC)
    times = [listen.at for listen in demo.listens]
    assert until - timedelta(days=365) <= min(times) < until - timedelta(days=350)
    assert until - timedelta(days=2) < max(times) < until


def test_no_listener_plays_twice_within_half_a_minute(demo: Demo) -> None:
    for one, other in zip(demo.listens, demo.listens[1:], strict=False):
        assert one.user_id != other.user_id or other.at - one.at >= timedelta(seconds=30)


def test_listening_comes_in_sessions(demo: Demo) -> None:
    pairs = zip(demo.listens, demo.listens[1:], strict=False)
    gaps = [two.at - one.at for one, two in pairs if one.user_id == two.user_id]
    close = np.mean([gap <= timedelta(minutes=6) for gap in gaps])
    assert 0.7 < close < 0.95


def test_evenings_are_busier_than_mornings(demo: Demo) -> None:
    hours = Counter(listen.at.hour for listen in demo.listens)
    evening, morning = (sum(hours[h] for h in span) for span in (range(18, 23), range(6, 11)))
    assert evening > 2 * morning


def test_plays_follow_favourite_genres_and_eras(demo: Demo) -> None:
    plays = demo.plays()
    genre, decade = np.mean(
        [
            (
                share(demo, plays[taste.user_id], GENRE, taste.genres),
                share(demo, plays[taste.user_id], DECADE, taste.eras),
            )
            for taste in demo.made.tastes
        ],
        axis=0,
    )
    assert genre > 0.8
    assert decade > 0.65


def share(demo: Demo, plays: Counter[int], kind: int, loved: tuple[str, ...]) -> float:
    """Share of plays whose genre (or decade) is among the loved."""
    liked = sum(count for track, count in plays.items() if demo.kinds(track)[kind] in loved)
    return liked / plays.total()


def test_tastes_are_one_to_three_genres_and_one_or_two_eras(demo: Demo) -> None:
    tastes = demo.made.tastes
    assert [taste.user_id for taste in tastes[:2]] == ["listener-0001", "listener-0002"]
    assert {len(set(taste.genres)) for taste in tastes} == {1, 2, 3}
    assert {len(set(taste.eras)) for taste in tastes} == {1, 2}


def test_a_few_tracks_of_each_genre_are_played_most(demo: Demo) -> None:
    plays = Counter(listen.track_id for listen in demo.listens)
    for genre in {track["genre"] for track in demo.tracks.values()}:
        counts = sorted(
            (n for t, n in plays.items() if demo.kinds(t)[GENRE] == genre), reverse=True
        )
        tenth = len(counts) // 10
        assert sum(counts[:tenth]) > 2.5 * sum(counts[-tenth:])


def test_some_plays_repeat_and_many_do_not(demo: Demo) -> None:
    first_plays = sum(len(tracks) for tracks in demo.plays().values())
    assert 0.3 < first_plays / len(demo.listens) < 0.7


def test_fewer_tracks_keep_the_most_popular_under_their_own_ids(demo: Demo, tmp_path: Path) -> None:
    few = read(generate(tmp_path, listeners=20, tracks=100))
    plays = Counter(listen.track_id for listen in demo.listens)
    assert len(few.tracks) == 100
    assert all(demo.tracks[number] == track for number, track in few.tracks.items())
    assert {listen.track_id for listen in few.listens} <= few.tracks.keys()
    kept = np.mean([plays[number] for number in few.tracks])
    assert kept > 1.5 * len(demo.listens) / len(demo.tracks)


def test_more_tracks_than_the_catalogue_are_clearly_made_up(tmp_path: Path) -> None:
    many = read(generate(tmp_path, listeners=200, tracks=5_000))
    known = len(recordings())
    made_up = [track for number, track in many.tracks.items() if number > known]
    assert sorted(many.tracks) == list(range(1, 5_001))
    assert all(track["title"].startswith("Made-up Track ") for track in made_up)
    assert all(track["artist"].startswith("Made-up Artist ") for track in made_up)
    assert {track["genre"] for track in made_up} == {r.genre for r in recordings()}
    assert all(1940 <= int(track["year"]) <= 2025 for track in made_up)
    assert any(listen.track_id > known for listen in many.listens)


@pytest.mark.parametrize(("listeners", "tracks"), [(1, 1), (3, 2), (1, None)])
def test_the_smallest_sets_are_sets(tmp_path: Path, listeners: int, tracks: int | None) -> None:
    small = read(generate(tmp_path, listeners=listeners, tracks=tracks))
    assert len(small.plays()) == listeners
    assert {listen.track_id for listen in small.listens} <= small.tracks.keys()


def test_report_hears_listeners_done(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    generate(tmp_path, listeners=2_001, report=lambda done, of: heard.append((done, of)))
    assert heard == [(2_000, 2_001), (2_001, 2_001)]


def test_until_moves_the_year(tmp_path: Path) -> None:
    early = read(generate(tmp_path, listeners=20, until=date(2001, 1, 1)))
    assert {listen.at.year for listen in early.listens} <= {2000, 2001}
    assert max(listen.at for listen in early.listens) < datetime(2001, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [{"listeners": 0}, {"tracks": 0}, {"seed": -1}])
def test_impossible_sizes_are_refused_before_anything_is_written(
    tmp_path: Path, wrong: dict[str, int]
) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        generate(tmp_path / "set", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "set").exists()


def test_a_failure_leaves_the_earlier_set_whole(tmp_path: Path) -> None:
    before = both(made := generate(tmp_path, listeners=5))

    def fail(done: int, of: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        generate(tmp_path, listeners=6, report=fail)
    assert both(made) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["listens.csv.gz", "tracks.csv"]
