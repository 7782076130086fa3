"""The query editor: it asks and follows by the pages' cookie, and loads nothing of others."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from app.graphql.ids import global_id
from tests.browser.conftest import OpenPage, Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(open_tab: OpenPage, product: Product) -> Iterator[Tab]:
    """Opened by an administrator; at the end nobody else was asked, and nothing was refused."""
    tab = open_tab(product.world.root)
    tab.open("/graphql")
    yield tab
    asked = [urlsplit(request.url) for request in tab.requests]
    assert {url.netloc for url in asked if url.scheme != "data"} == {
        urlsplit(product.origin).netloc
    }
    assert tab.complaints == []


def _ask(editor: Tab) -> Locator:
    """Execute what stands in the editor; where the answer comes."""
    editor.page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()
    return editor.page.locator(".result-window")


def test_it_asks_and_explains(editor: Tab) -> None:
    answer = _ask(editor)
    expect(answer).to_contain_text('"state": "RUNNING"')
    expect(answer).to_contain_text('"role": "ADMINISTRATOR"')
    editor.page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(editor.page.get_by_role("link", name="RecommendationList")).to_be_visible()


def test_it_follows(editor: Tab) -> None:
    first = global_id("Training", 1)
    editor.page.locator(".graphiql-query-editor .CodeMirror").click()
    editor.page.keyboard.press("Control+A")
    editor.page.keyboard.insert_text(
        f'subscription Follow {{ trainingProgress(trainingId: "{first}") {{ version state }} }}'
    )
    # It reads what is typed with a delay, and then remembers what the operation is called.
    editor.until("localStorage['graphiql:operationName'] === 'Follow'")
    expect(_ask(editor)).to_contain_text('"state": "FINISHED"')
