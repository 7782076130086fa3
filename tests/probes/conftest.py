"""The application with the pages' small world."""

from tests.web.conftest import admin, furnished, nobody, open_site, site

__all__ = ["admin", "furnished", "nobody", "open_site", "site"]
