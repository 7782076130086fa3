"""Whatever stands in a field of a history: that row is rejected, and the good ones go in."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.importing.formats import ImportFormat
from app.importing.rows import PlayRow
from tests.importing.packing import listen, rows_of, stream, watched

_NUMBERS = count()
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([10**400, -(10**20), 2**63, "\ud800", "1e999"])
)
ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
MAKERS = {
    ImportFormat.SPOTIFY: (stream, "endsong_0.json"),
    ImportFormat.LISTENBRAINZ: (listen, "listens.jsonl"),
    ImportFormat.TAKEOUT: (watched, "watch-history.json"),
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in it, from the outermost."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    found = [path] if path else []
    for key, part in inside:
        found += _places(part, (*path, key))
    return found


def _with(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    changed = json.loads(json.dumps(value))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = put
    return changed


@pytest.mark.parametrize("form", MAKERS, ids=lambda form: form.value)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data(), put=ANYTHING)
@example(data=None, put=10**400)
@example(data=None, put=[["fwdbtn"], {}])
def test_good_rows_go_in_around_any_value(
    tmp_path: Path, form: ImportFormat, data: Any, put: Any
) -> None:
    make, name = MAKERS[form]
    good = make(1)
    places = _places(good)
    # The examples are put into every place in turn.
    chosen = places if data is None else [data.draw(st.sampled_from(places))]
    for place in chosen:
        rows = _read(tmp_path, form, name, [make(2), _with(good, place, put), make(3)])
        taken = [row.track.title for row in rows if isinstance(row, PlayRow)]
        expected = [row.track.title for row in _read(tmp_path, form, name, [make(2), make(3)])]
        assert taken[0] == expected[0], place
        assert taken[-1] == expected[-1], place


def _read(tmp_path: Path, form: ImportFormat, name: str, items: list[Any]) -> list[Any]:
    folder = tmp_path / str(next(_NUMBERS))
    folder.mkdir()
    lines = [json.dumps(item) for item in items]
    text = "\n".join(lines) if name.endswith(".jsonl") else f"[{','.join(lines)}]"
    (folder / name).write_text(text)
    return rows_of(form, folder / name)
