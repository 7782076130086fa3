"""What the gate says: a sentence for people, and figures as JSON can hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.ml.bootstrap import Interval, finite

_TOLD = 3
"""Failed checks that the sentence tells of; the figures hold them all."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the gate and how it went, in words that continue a sentence."""

    name: str
    passed: bool
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the text is made of, for who words it in another language."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric of the challenger and of another recipe, and the gain with its 95% interval."""

    other: str
    ours: float
    theirs: float
    gain: Interval

    def text(self, metric: str) -> str:
        """Gains as shares of the other's figure; in points where that is 0."""
        base, form = (self.theirs, "+.1%") if self.theirs > 0 else (1.0, "+.4f")
        gain, low, high = (
            format(value / base, form) for value in (self.gain.mean, self.gain.low, self.gain.high)
        )
        return (
            f"{metric} is {self.ours:.4f} against {self.theirs:.4f} of {self.other} "
            f"({gain}, 95% interval {low} to {high})"
        )

    @property
    def values(self) -> dict[str, Any]:
        """The figures of `text`; `share`: gains are shares of `theirs`, and not points."""
        base = self.theirs if self.theirs > 0 else 1.0
        gain = {name: finite(value) for name, value in asdict(self.gain).items()}
        return {
            "ours": finite(self.ours),
            "theirs": finite(self.theirs),
            "share": self.theirs > 0,
            **{name: None if value is None else value / base for name, value in gain.items()},
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "challenger": finite(self.ours),
            "other": finite(self.theirs),
            "gain": self.gain.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to promote, why in one sentence or two, and every figure behind it."""

    promote: bool
    reason: str
    supposed: str
    """The same of a recipe that is only measured: nothing is promoted, whatever was found."""
    figures: dict[str, Any]


def sentence(checks: Sequence[Check], listeners: int, *, role: str, otherwise: str) -> str:
    """Promoted in its role for the first check's reason, or not for those that failed."""
    if all(check.passed for check in checks):
        return f"Promoted {role}, {_over(listeners)}: {_why(checks)}."
    return f"Not promoted, {_over(listeners)}: {_why(checks)}. {otherwise}"


def supposition(checks: Sequence[Check], listeners: int, *, role: str) -> str:
    """What the gate would say of a recipe that was measured and not trained."""
    if all(check.passed for check in checks):
        return f"Trained again, it would be promoted {role}, {_over(listeners)}: {_why(checks)}."
    return f"Trained again, it would not be promoted, {_over(listeners)}: {_why(checks)}."


def _over(listeners: int) -> str:
    return f"over {listeners:,} listener{'' if listeners == 1 else 's'}"


def _why(checks: Sequence[Check]) -> str:
    """What failed, or else what was checked first."""
    failed = [check.text for check in checks if not check.passed]
    more = f"; and {len(failed) - _TOLD} more" if len(failed) > _TOLD else ""
    return f"{'; '.join(failed[:_TOLD])}{more}" or checks[0].text


def checks_as_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [asdict(check) for check in checks]
