"""The benchmark of quality, on a handful of rows in the form of the real files."""

import re
from pathlib import Path

import numpy as np
import pytest

from app.ml.comparison import compare
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions
from app.ml.search import Search
from benchmarks import hetrec

LISTENERS, ARTISTS = 12, 20


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every listener has played half of the artists, and given each of them one of three tags."""
    pairs = [(u, a) for u in range(LISTENERS) for a in range(ARTISTS) if (u + a) % 2]
    plays = [f"{u}\t{a}\t{1 + (u * a) % 9}" for u, a in pairs]
    tags = [f"{u}\t{a}\t{a % 3}\t1\t4\t2009" for u, a in pairs]
    (tmp_path / "user_artists.dat").write_text("\n".join(["userID\tartistID\tweight", *plays]))
    head = "userID\tartistID\ttagID\tday\tmonth\tyear"
    (tmp_path / "user_taggedartists.dat").write_text("\n".join([head, *tags]))
    monkeypatch.setattr(hetrec, "FOLDER", tmp_path)
    monkeypatch.setattr(hetrec, "LEAST", 2)
    return tmp_path


def _pairs(rows: Interactions) -> set[tuple[int, int]]:
    return set(zip(rows.listener_ids.tolist(), rows.track_ids.tolist(), strict=True))


def test_test_rows_are_drawn_in_file_order(folder: Path) -> None:
    rows = np.loadtxt(folder / "user_artists.dat", skiprows=1)
    train, test = hetrec.split(3)
    held = np.random.default_rng(3).random(len(rows)) < 0.2
    assert test.track_ids.tolist() == rows[held, 1].tolist()
    assert len(train) + len(test) == len(rows)
    assert not _pairs(train) & _pairs(test)
    assert train.doings.plays.tolist() == rows[~held, 2].tolist()


@pytest.mark.usefixtures("folder")
def test_no_tag_tells_what_is_hidden_from_who_gave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = hetrec.split(0)
    asked: list[tuple[set[tuple[int, int]], Interactions]] = []
    real = hetrec.tags(test)

    def features(holdout: Holdout) -> Interactions:
        owners = np.repeat(holdout.listener_ids, np.diff(holdout.targets.starts))
        hidden = set(zip(owners.tolist(), holdout.targets.ids.tolist(), strict=True))
        asked.append((hidden | _pairs(test), real(holdout)))
        return asked[-1][1]

    compare(train, test, Search(2, ("neighbours",), k=5, features=features))
    assert len(asked) > 1
    for hidden, found in asked:
        for tag, artist, count in zip(
            found.listener_ids, found.track_ids, found.doings.plays, strict=True
        ):
            assert -1 - tag == artist % 3
            gave = {u for u in range(LISTENERS) if (u + artist) % 2 and (u, artist) not in hidden}
            assert count == len(gave)


def test_a_rare_tag_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "user_taggedartists.dat").open("a") as stream:
        stream.write("\n1\t2\t99\t1\t4\t2009\n")
    train, test = hetrec.split(0)
    search = Search(1, ("neighbours",), k=5, features=hetrec.tags(test))
    assert search.features is not None
    seen: list[Interactions] = []

    def features(holdout: Holdout) -> Interactions:
        assert search.features is not None
        seen.append(search.features(holdout))
        return seen[-1]

    compare(train, test, Search(1, ("neighbours",), k=5, features=features))
    assert all(-100 not in found.listener_ids for found in seen)


@pytest.mark.usefixtures("folder")
def test_it_prints_each_algorithm_the_choice_and_the_mean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["hetrec", "--seeds", "0", "1", "--budget-seconds", "4"])
    monkeypatch.setattr(hetrec, "ALGORITHMS", ("neighbours", "popularity"))
    hetrec.main()
    said = capsys.readouterr().out
    for seed in (0, 1):
        assert f"{seed}  neighbours" in said
        assert f"{seed}  over " in said
    assert re.match(r"mean of the automatic choice: NDCG@20 [01]\.\d{4}", said.splitlines()[-1])


def test_without_the_data_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hetrec, "FOLDER", tmp_path / "none")
    monkeypatch.setattr("sys.argv", ["hetrec"])
    hetrec.main()
    assert "Nothing was measured" in capsys.readouterr().out
