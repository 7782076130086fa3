"""Pages of imports: one's own first; of other listeners' histories how far they are, no rows."""

from typing import Any

import pytest

from app.models import DataImport, ImportState
from app.models.columns import id_of
from tests.web.conftest import Site
from tests.web.pages import text

REJECTED = "What was left out"


@pytest.fixture
def made(site: Site) -> dict[str, int]:
    """A history of Ann's, one of the administrator's own, a catalogue: each with rejected rows."""
    world, settings = site.world, site.state.settings
    settings.reports.mkdir(exist_ok=True)
    owners = {"ann": world.ann, "root": world.root, "shop": None}
    numbers = {}
    with site.state.database.write() as session:
        for name, owner in owners.items():
            row = _import(name, owner, rejected_file=str(settings.reports / f"{name}.csv"))
            session.add(row)
            session.flush()
            numbers[name] = id_of(row)
            (settings.reports / f"{name}.csv").write_text("row\n")
    return numbers


def _import(name: str, owner: int | None, **fields: Any) -> DataImport:
    form = "csv" if owner is None else "spotify"
    state = ImportState.FINISHED
    return DataImport(
        source=name, format=form, path="x", user_id=owner, requested_by=name, state=state, **fields
    )


def test_the_rows_of_a_history_are_its_listeners_alone(site: Site, made: dict[str, int]) -> None:
    seen = {
        site.world.ann: ["ann"],
        site.world.newcomer: [],
        site.world.root: ["root", "shop"],
    }
    for viewer, theirs in seen.items():
        site.sign_in(viewer)
        statuses = {name: site.get(f"/imports/{made[name]}/rejected").status_code for name in made}
        assert [name for name, status in statuses.items() if status == 200] == theirs
        assert site.get("/imports").text.count(REJECTED) == len(theirs)


def test_an_administrator_sees_how_far_others_are_and_can_take_them_back(
    site: Site, made: dict[str, int]
) -> None:
    site.sign_in(site.world.root)
    own, others = site.get("/imports").text.split("Other listeners' histories")
    assert (f"import-{made['shop']}" in own, f"import-{made['root']}" in own) == (True, True)
    assert f"import-{made['ann']}" in others
    assert "It is in." in text(others)
    with site.state.database.write() as session:
        session.get_one(DataImport, made["ann"]).rows_loaded = 1
    assert site.post(f"/imports/{made['ann']}/undo", {}).status_code == 303
    with site.state.database.read() as session:
        assert session.get_one(DataImport, made["ann"]).state is ImportState.UNDOING
    site.sign_in(site.world.ann)
    assert "Other listeners" not in site.get("/imports").text


def test_older_imports_have_pages_where_they_can_still_be_taken_back(
    site: Site, made: dict[str, int]
) -> None:
    """However many others have brought since."""
    with site.state.database.write() as session:
        session.add_all(_import("ann", site.world.ann, rows_loaded=1) for _ in range(20))
    for viewer, field in ((site.world.ann, "before"), (site.world.root, "others")):
        site.sign_in(viewer)
        first = site.get("/imports").text
        oldest = f'id="import-{made["ann"]}"'
        assert oldest not in first
        address = f"/imports?{field}={made['shop'] + 1}"
        assert f'href="{address}">Older imports' in first
        second = site.get(address).text
        assert oldest in second
        assert "Newest imports" in second
        assert "Older imports" not in second


def test_a_page_of_older_imports_stays_while_one_on_it_goes_on(site: Site) -> None:
    with site.state.database.write() as session:
        rows = [_import("ann", site.world.ann) for _ in range(21)]
        rows[0].state = ImportState.RUNNING
        session.add_all(rows)
        session.flush()
        second = f"/imports?before={rows[1].id}"
        oldest = id_of(rows[0])
    assert "every 1s" not in site.get("/imports").text
    part = site.htmx(second, "div#imports").text
    assert f'hx-get="{second}" hx-trigger="every 1s"' in part
    referer = {"Referer": f"http://testserver{second}", "Host": "testserver"}
    cancelled = site.post(f"/imports/{oldest}/cancel", {}, **referer)
    assert cancelled.headers["location"] == second
