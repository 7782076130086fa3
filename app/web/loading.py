"""Templates as they are loaded: what is known before any page is asked for is done here, once."""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jinja2.ext import Extension

from app.web.texts import translations

_INCLUDE = re.compile(r'{% include "([^"]+)" %}')
_TEXT = re.compile(r"""{{ _\((?:"([^"\\]+)"|'([^'\\]+)')\) }}""")
_ICON = re.compile(r"""{{ icon\("([\w-]+)"(?:, "([\w-]+)")?\) }}""")


class InliningLoader(FileSystemLoader):
    """What is included by a name known beforehand stands in its place, in a scope of its own.

    Jinja looks an include up each time, and copies all that the page knows for it: a list has ten
    in each row. Nothing may include itself.
    """

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_fresh = super().get_source(environment, template)
        checks = [is_fresh]

        def inlined(include: re.Match[str]) -> str:
            part, _, is_part_fresh = self.get_source(environment, include[1])
            checks.append(is_part_fresh)
            return "{% with %}" + part.removesuffix("\n") + "{% endwith %}"

        whole = _INCLUDE.sub(inlined, source)
        return whole, path, lambda: all(check() for check in checks)


class ConstantFolding(Extension):
    """Texts and icons that are the same on every page are looked up once in each language."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002  Jinja hands it over
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return _TEXT.sub(self._said, _ICON.sub(self._drawn, source))

    def _drawn(self, call: re.Match[str]) -> str:
        drawn: Any = self.environment.globals["icon"]
        return str(drawn(call[1], call[2]))

    def _said(self, call: re.Match[str]) -> str:
        language: Any = self.environment.globals["language"]
        # As gettext in templates does, which fills in what there is, and takes the text for markup.
        return translations(language).gettext(call[1] or call[2]) % {}
