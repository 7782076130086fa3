"""The words of the pages: every text goes through gettext; numbers and times as read aloud."""

import gettext
from datetime import datetime

from babel.dates import format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment

LANGUAGE = "en"
"""The language that the texts are written in."""


def install(environment: Environment) -> None:
    """Give templates `_`, `ngettext`, `trans` blocks and the filters below."""
    environment.add_extension("jinja2.ext.i18n")
    translations = gettext.NullTranslations()
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = LANGUAGE
    environment.filters |= {
        "number": number,
        "points": points,
        "duration": duration,
        "moment": moment,
    }


def number(value: float) -> str:
    return str(format_decimal(value, locale=LANGUAGE))


def points(value: float) -> str:
    """What something gave to a score, such as +0.34."""
    return str(format_decimal(value, format="+0.00;-0.00", locale=LANGUAGE))


def moment(time: datetime) -> str:
    """Date and time in UTC, which is what the server's clock says."""
    return f"{format_datetime(time, 'd MMM y, HH:mm', locale=LANGUAGE)} UTC"


def duration(seconds: int) -> str:
    """Minutes and seconds, such as 5:02, with hours where there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
