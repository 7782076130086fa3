"""A broken item of a list costs itself, wherever the file is broken."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ImportRefused
from app.importing import json_text
from app.importing.json_text import Item, line_items, list_items


def _list(content: bytes) -> list[Item]:
    return list(list_items(io.BytesIO(content), "x.json"))


def _good(items: list[Item]) -> list[int]:
    return [item.value["n"] for item in items if item.fault is None]


@pytest.mark.parametrize(
    ("content", "good", "faults"),
    [
        (b"[]", [], []),
        (b'\xef\xbb\xbf [\n{"n": 1},\n{"n": 2}\n]\n', [1, 2], []),
        (b'[{"n": 1}, {"n": }, {"n": 3}]', [1, 3], [2]),
        (b'[{"n": 1}, 7, null, {"n": 4}]', [1, 4], [2, 3]),
        (b'[{"n": 1}, {"n": 2', [1], [2]),
        (b'[{"n": 1},', [1], [2]),
        (b'[{"n": 1}, {"a": "\n"}, {"n": 3}]', [1, 3], [2]),
        (b'[{"n": 1}, {"n": 1' + b"0" * 5000 + b'}, {"n": 3}]', [1, 3], [2]),
        (b'[{"n": 1}, ' + b"[" * 5000 + b'1}, {"n": 3}]', [1, 3], [2]),
        (b"[" + b"[" * 100_000, [], [1]),
    ],
)  # fmt: skip
def test_lists(content: bytes, good: list[int], faults: list[int]) -> None:
    items = _list(content)
    assert _good(items) == good
    assert [item.number for item in items if item.fault] == faults


@pytest.mark.parametrize("content", [b"", b"{}", b"no JSON", b"\x00"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ImportRefused, match="it is no JSON list"):
        _list(content)


def test_items_across_the_edges_of_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", 7)
    content = json.dumps([{"n": n, "text": "},{" * n} for n in range(50)]).encode()
    assert _good(_list(content)) == list(range(50))


def test_an_item_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", 100)
    monkeypatch.setattr(json_text, "_MAX_ITEM", 1000)
    items = _list(b'[{"n": 1}, {"x": "' + b"x" * 100_000 + b'"}, {"n": 3}]')
    assert _good(items) == [1, 3]
    assert max(len(item.text) for item in items) <= 300


def test_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_MAX_ITEM", 1000)
    lines = [b'{"n": 1}', b"", b"{", b"x" * 5000, b"\xff", b'{"n": 6}']
    items = list(line_items(io.BytesIO(b"\n".join(lines))))
    assert _good(items) == [1, 6]
    assert [item.number for item in items if item.fault] == [3, 4, 5]


@given(content=st.binary() | st.lists(st.sampled_from(b'[]{},:" \\n1e-ux')).map(bytes))
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    for items in (line_items(io.BytesIO(content)), list_items(io.BytesIO(b"[" + content), "x")):
        numbers = [item.number for item in items]
        assert numbers == sorted(set(numbers))
