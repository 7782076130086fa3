"""The words of the pages: every text goes through gettext; numbers and times as read aloud."""

import gettext
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from starlette.requests import Request

from app.preferences import LANGUAGES

CATALOGUES = Path(__file__).parent / "locale"


def install(environment: Environment, language: str) -> None:
    """Give templates `_`, `ngettext`, `trans` blocks and the filters below, in that language."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    formats = Formats(language)
    environment.globals["language"] = language
    environment.filters |= {
        "number": formats.number,
        "points": formats.points,
        "duration": duration,
        "moment": formats.moment_in,
        "clock": formats.clock_in,
        "day": formats.day_in,
        "month": formats.month,
        "month_alone": formats.month_alone,
        "weekday": formats.weekday,
        "figure": formats.figure,
        "gain": formats.gain,
    }
    environment.globals |= {
        "figure": formats.figure,
        "gain": formats.gain,
        "gain_tick": formats.gain_tick,
        "gained": formats.gained,
        "quantity": formats.quantity,
        "share": formats.share,
        "tick": formats.tick,
    }


@cache
def translations(language: str) -> gettext.NullTranslations:
    """From the catalogue of that language; the texts themselves where it has none."""
    catalogue = CATALOGUES / f"{language}.po"
    if not catalogue.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(request: Request) -> str:
    """What the viewer has chosen, or else what their browser would read first."""
    viewer = getattr(request.state, "viewer", None)
    if viewer is not None and viewer.language in LANGUAGES:
        return str(viewer.language)
    return preferred(request.headers.get("accept-language", ""))


def zone_of(request: Request) -> ZoneInfo | None:
    """The viewer's time zone; None while nobody has said it."""
    viewer = getattr(request.state, "viewer", None)
    return ZoneInfo(viewer.time_zone) if viewer is not None and viewer.time_zone else None


def preferred(accepted: str) -> str:
    """The first of ours in the order of an Accept-Language header; English otherwise."""
    weighted = []
    for place, part in enumerate(accepted.split(",")):
        name, _, weight = part.partition(";q=")
        weighted.append((-_weight(weight), place, name.strip().partition("-")[0].lower()))
    wanted = (name for weight, _, name in sorted(weighted) if weight < 0)
    return next((name for name in wanted if name in LANGUAGES), LANGUAGES[0])


def _weight(text: str) -> float:
    """From 0 to 1; what makes no sense weighs nothing."""
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


class Formats:
    """Numbers and times as that language writes them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=self.language))

    def points(self, value: float, digits: int = 2) -> str:
        """What something gave to a score, such as +0.34."""
        form = f"0.{'0' * digits}"
        return str(format_decimal(value, format=f"+{form};-{form}", locale=self.language))

    def figure(self, value: float) -> str:
        """A metric, such as 0.2476."""
        return str(format_decimal(value, format="0.0000", locale=self.language))

    def tick(self, value: float) -> str:
        """A value on an axis, with no more digits than it has."""
        return str(format_decimal(value, format="0.0###", locale=self.language))

    def gained(self, value: float, *, share: bool) -> str:
        """A gain as a share, or in points of the metric, such as +0.0123."""
        if share:
            return self.gain(value)
        return str(format_decimal(value, format="+0.0000;-0.0000", locale=self.language))

    def gain(self, value: float) -> str:
        """A share that was gained or lost, such as +8.0%."""
        return str(format_percent(value, format=self._percent("+0.0;-0.0"), locale=self.language))

    def gain_tick(self, value: float) -> str:
        """A gain on an axis, such as +50%: no more digits than it has, and no gain has no sign."""
        digits = self._percent("+0.##;-0.##" if value else "0")
        return str(format_percent(value, format=digits, locale=self.language))

    def share(self, value: float) -> str:
        """A share of a whole, such as 12.5%."""
        return str(format_percent(value, format=self._percent("0.0"), locale=self.language))

    def _percent(self, digits: str) -> str:
        """That pattern with the sign as the language sets it: French leaves a space before it."""
        sign = Locale.parse(self.language).percent_formats[None].suffix[0]
        return ";".join(f"{part}{sign}" for part in digits.split(";"))

    def quantity(self, value: float) -> str:
        """Seconds, megabytes and their like, such as 12.3."""
        return str(format_decimal(value, format="#,##0.0", locale=self.language))

    def moment(self, time: datetime, zone: ZoneInfo | None = None) -> str:
        """Date and time in that zone; in UTC, and saying so, without one."""
        shown = format_datetime(time, "d MMM y, HH:mm", tzinfo=zone, locale=self.language)
        return shown if zone else f"{shown} UTC"

    @pass_context
    def moment_in(self, context: Context, time: datetime) -> str:
        zone: Any = context.get("time_zone")
        return self.moment(time, zone)

    @pass_context
    def clock_in(self, context: Context, time: datetime) -> str:
        """The time of day in the reader's zone, such as 17:05."""
        zone: Any = context.get("time_zone")
        return str(format_datetime(time, "HH:mm", tzinfo=zone, locale=self.language))

    def weekday(self, day: date) -> str:
        """A date with its day of the week, such as Sunday 1 February 2026."""
        shown = str(format_date(day, "EEEE d MMMM y", locale=self.language))
        return shown[0].upper() + shown[1:]

    def month(self, day: date) -> str:
        """Such as Feb 2026."""
        return str(format_date(day, "LLL y", locale=self.language))

    def month_alone(self, day: date) -> str:
        """Such as Feb."""
        return str(format_date(day, "LLL", locale=self.language))

    @pass_context
    def day_in(self, context: Context, time: datetime | str) -> str:
        """The date in the reader's zone, such as 3 Nov 2026."""
        zone: Any = context.get("time_zone")
        moment = datetime.fromisoformat(time) if isinstance(time, str) else time
        return str(format_datetime(moment, "d MMM y", tzinfo=zone, locale=self.language))


def duration(seconds: int) -> str:
    """Minutes and seconds, such as 5:02, with hours where there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
