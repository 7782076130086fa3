"""Templates that are written into one another give what Jinja's own includes give."""

import os
from pathlib import Path

import pytest
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined

from app.web.icons import icon
from app.web.loading import InliningLoader
from app.web.render import environment

PARTS = {
    "page.html": """<ul>
  {% for name in names %}
  {% set kind = "artist" %}
    {% include "row.html" %}
  {% endfor %}
</ul>
{% with kind = "last" %}{% include "row.html" %}{% endwith %}
{% include chosen %}
{{ kind is defined }}
""",
    "row.html": """{% set shown = name|default("nobody") %}
<li class="{{ kind }}">{% include "name.html" %}</li>
""",
    "name.html": """{%- if shown == "Can" -%} yes {%- else -%} no: {{ shown }} {%- endif -%}
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, source in PARTS.items():
        (tmp_path / name).write_text(source)
    return tmp_path


def _render(loader: BaseLoader) -> str:
    kept = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    environment = Environment(loader=loader, autoescape=True, **kept)  # type: ignore[arg-type]
    page = environment.get_template("page.html")
    return page.render(names=["Can", "Neu!"], chosen="name.html", shown="Can")


def test_a_page_is_the_same_letter_for_letter(folder: Path) -> None:
    assert _render(InliningLoader(folder)) == _render(FileSystemLoader(folder))


def test_a_changed_part_is_seen(folder: Path) -> None:
    loader, environment = InliningLoader(folder), Environment(autoescape=True)
    is_fresh = loader.get_source(environment, "page.html")[2]
    assert is_fresh()
    os.utime(folder / "name.html", (0, 0))
    assert not is_fresh()


@pytest.mark.parametrize("text", ["Add to the queue", "95%% interval", "{at} of {all}"])
def test_a_text_is_the_same_as_where_it_is_looked_up_by_the_page(text: str) -> None:
    spoken = environment("fr")
    folded = spoken.preprocess(f'<b title="{{{{ _("{text}") }}}}">')
    assert "_(" not in folded
    assert folded == spoken.from_string(f'<b title="{{{{ (_("{text}")) }}}}">').render()


def test_an_icon_stands_in_its_place() -> None:
    assert environment().preprocess('{{ icon("play", "pause") }}{{ icon("add") }}') == (
        icon("play", "pause") + icon("add")
    )
