from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.ml.interactions import Interactions
from app.ml.pair_files import Names


def read(tmp_path: Path, text: str, layout: str = "triplets") -> list[tuple[str, str, float]]:
    """What a file says, in the file's own names."""
    path = tmp_path / "pairs.txt"
    path.write_text(text, encoding="utf-8")
    names = Names()
    return named(names, names.interactions(path, layout))


def named(names: Names, pairs: Interactions) -> list[tuple[str, str, float]]:
    listeners, items = list(names.listeners), list(names.items)
    columns = (pairs.listener_ids, pairs.track_ids, pairs.doings.plays)
    return [(listeners[u], items[i], float(v)) for u, i, v in zip(*columns, strict=True)]


@pytest.mark.parametrize("separator", ["\t", " ", "   ", ",", "::", ";", " | "])
@pytest.mark.parametrize("header", ["", "user{0}item{0}plays\n"])
def test_triplets_are_read_with_any_separator_and_header(
    tmp_path: Path, separator: str, header: str
) -> None:
    text = (
        header.format(separator)
        + f"a{separator}x{separator}3\nb{separator}x{separator}0.5\n\na{separator}y{separator}1\n"
    )
    assert read(tmp_path, text) == [("a", "x", 3), ("a", "y", 1), ("b", "x", 0.5)]


def test_an_adjacency_line_is_a_user_and_items(tmp_path: Path) -> None:
    text = "0 10 11\n1\n2 10\r\n"
    assert read(tmp_path, text, "adjacency") == [("0", "10", 1), ("0", "11", 1), ("2", "10", 1)]


def test_pairs_named_twice_are_added_up_and_nothing_is_no_pair(tmp_path: Path) -> None:
    assert read(tmp_path, "a,x,1\na,x,2\na,y,0\na,z,-1\n") == [("a", "x", 3)]


def test_an_empty_file_has_no_pairs(tmp_path: Path) -> None:
    assert read(tmp_path, "") == []


def test_tags_are_listeners_of_negative_number_that_share_the_items(tmp_path: Path) -> None:
    pairs, tags = tmp_path / "pairs", tmp_path / "tags"
    pairs.write_text("a,x,1\n")
    tags.write_text("item\ttag\tcount\nx\trock\t5\ny\trock\t2\nx\tjazz\t1\n")
    names = Names()
    names.interactions(pairs, "triplets")
    found = names.tags(tags)
    assert set(zip(found.listener_ids.tolist(), found.track_ids.tolist(), strict=True)) == {
        (-1, 0),
        (-1, 1),
        (-2, 0),
    }
    assert names.listeners == {"a": 0}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a,x,1\nb,y,many\n", "line 2: 'many' is no number"), ("alone\n", "no user and item")],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read(tmp_path, text)


def test_a_missing_file_and_an_unknown_format_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.txt cannot be read"):
        Names().interactions(tmp_path / "none.txt", "triplets")
    with pytest.raises(InvalidInput, match="format"):
        Names().interactions(tmp_path / "none.txt", "matrix")
