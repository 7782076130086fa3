"""The gate: does the challenger take the champion's place?

A new recipe must be better: the whole 95% interval of its gain in NDCG@K over the champion lies
above a margin. A refresh, the champion's own recipe on newer data, brings new tracks in and so
must only not be worse: it is refused if it lost more than a margin and chance is ruled out. To
ask for proof that it did not lose would leave services with few listeners, and so with wide
intervals, without their new tracks for ever. Both must beat popularity beyond chance and hold the
guards. Without a champion, popularity is what must be beaten.

Gains are paired, listener by listener, and their intervals bootstrapped: see `mean_intervals`.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.ml.bootstrap import Interval, finite, mean_intervals
from app.ml.evaluation import MAIN, Evaluation, Slice
from app.ml.verdict import Check, Compared, Verdict, checks_as_json, sentence, supposition


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Where a setting is a share, it is one of the champion's figure."""

    min_listeners: int = 10
    """With fewer tested listeners nothing is promoted: chance would decide."""
    min_listeners_for_new: int = 30
    """With fewer no new recipe is: of skewed figures the bootstrap takes too much for certain."""
    min_gain: float = 0.005
    """The interval of a new recipe's gain lies above this share: less is not worth a change."""
    max_loss: float = 0.02
    """A refresh may lose this share, and more where it may be chance."""
    min_coverage: float = 0.5
    """The lists show at least this share of the tracks that the champion's lists show."""
    max_auc_loss: float = 0.02
    """AUC, 0.5 by chance and 1 at best, falls by no more than this."""
    max_slice_loss: float = 0.05
    """No third of the listeners, by tracks heard, loses more than this share beyond chance."""
    max_milliseconds: float = 500.0
    """From history to list, 95th percentile on one thread."""
    max_mebibytes: float = 4096.0
    """Size of the model: a web process maps it, and two of them while it swaps."""


DEFAULTS = GateSettings()


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be decided, with the gains that were computed of it."""

    challenger: Evaluation
    champion: Evaluation | None
    popularity: Evaluation
    gains: dict[str, Interval]
    settings: GateSettings
    forgotten: bool = False

    @property
    def refresh(self) -> bool:
        rival = self.champion
        return self.forgotten or (rival is not None and rival.recipe == self.challenger.recipe)

    @property
    def least(self) -> int:
        new = self.champion is not None and not self.refresh
        return self.settings.min_listeners_for_new if new else self.settings.min_listeners

    @property
    def metric(self) -> str:
        return f"NDCG@{self.challenger.terms.k}"


def decide(
    challenger: Evaluation,
    champion: Evaluation | None,
    popularity: Evaluation,
    *,
    settings: GateSettings = DEFAULTS,
    seed: int,
    forgotten: bool = False,
) -> Verdict:
    """The verdict on evaluations of the same listeners; the same seed, the same verdict.

    `forgotten`: a refresh of a champion that cannot be measured, since its data is gone.
    Raises ValueError where they are not of the same listeners and length of lists.
    """
    made = [each for each in (challenger, champion, popularity) if each is not None]
    if len({(each.terms.k, each.listener_ids.tobytes()) for each in made}) > 1:
        raise ValueError("these evaluations are of other listeners or lengths of lists")
    gains = _gains(challenger, champion, popularity, seed)
    case = _Case(challenger, champion, popularity, gains, settings, forgotten)
    checks = _checks(case)
    first, listeners = champion is None and not forgotten, len(challenger.listener_ids)
    role = "as the first model" if first else "as the better recipe"
    role = "as a refresh of the champion" if case.refresh else role
    otherwise = "Popularity is served." if first else "The champion stays."
    return Verdict(
        promote=all(check.passed for check in checks),
        reason=sentence(checks, listeners, role=role, otherwise=otherwise),
        supposed=supposition(checks, listeners, role=role),
        figures={**_figures(case), "checks": checks_as_json(checks), "seed": seed},
    )


def _gains(
    challenger: Evaluation, champion: Evaluation | None, popularity: Evaluation, seed: int
) -> dict[str, Interval]:
    """Over popularity, over the champion, and over the champion for each slice."""
    ours = challenger.per_listener[MAIN]
    columns = {"popularity": ours - popularity.per_listener[MAIN]}
    if champion is not None:
        gain = columns["champion"] = ours - champion.per_listener[MAIN]
        for part in champion.slices():
            column = columns[part.name] = np.full(len(gain), np.nan)
            column[part.members] = gain[part.members]
    return mean_intervals(columns, seed=seed)


def _checks(case: _Case) -> list[Check]:
    """Those that apply; the first says best why it is promoted."""
    listeners, least = len(case.challenger.listener_ids), case.least
    if listeners < least:
        text = f"at least {least} are needed to compare"
        return [Check("listeners", passed=False, text=text, values={"least": least})]
    if case.forgotten:
        text = "too little is left of what the champion was fitted on to compare with it"
        return [
            Check("forgotten", passed=False, text=f"{text}: promote this model by hand, or not")
        ]
    checks = [_above_popularity(case), _latency(case), _size(case)]
    if case.champion is None:
        return checks
    against = (_not_worse if case.refresh else _better)(case, case.champion)
    guards = [_coverage(case, case.champion), _auc(case, case.champion)]
    slices = [_slice(case, case.champion, part) for part in case.champion.slices()]
    if case.champion is case.challenger:  # its gain over itself says nothing
        return [*checks, against, *guards, *slices]
    return [against, *checks, *guards, *slices]


def _above_popularity(case: _Case) -> Check:
    passed = case.gains["popularity"].low > 0
    compared = _over_popularity(case)
    text = compared.text(case.metric)
    text = text if passed else f"{text}, which chance may explain"
    return Check("popularity", passed, text, compared.values)


def _better(case: _Case, champion: Evaluation) -> Check:
    margin = case.settings.min_gain
    passed = case.gains["champion"].low > margin * champion.mean()
    compared = _over_champion(case, champion)
    text = compared.text(case.metric)
    text = text if passed else f"{text}, and the whole interval must lie above {margin:+.1%}"
    return Check("better", passed, text, {**compared.values, "margin": margin})


def _not_worse(case: _Case, champion: Evaluation) -> Check:
    margin = case.settings.max_loss
    passed = not _lost(case.gains["champion"], margin * champion.mean())
    compared = _over_champion(case, champion)
    text = compared.text(case.metric)
    text = text if passed else f"{text}, beyond the {-margin:+.1%} allowed"
    return Check("not_worse", passed, text, {**compared.values, "margin": -margin})


def _coverage(case: _Case, champion: Evaluation) -> Check:
    ours, theirs = case.challenger.coverage, champion.coverage
    text = f"its lists show {ours:.1%} of the catalogue, the champion's {theirs:.1%}"
    values = {"ours": finite(ours), "theirs": finite(theirs)}
    return Check("coverage", not ours < case.settings.min_coverage * theirs, text, values)


def _auc(case: _Case, champion: Evaluation) -> Check:
    ours, theirs = case.challenger.mean("auc"), champion.mean("auc")
    text = f"its AUC is {ours:.4f}, the champion's {theirs:.4f}"
    values = {"ours": finite(ours), "theirs": finite(theirs)}
    return Check("auc", not ours < theirs - case.settings.max_auc_loss, text, values)


def _slice(case: _Case, champion: Evaluation, part: Slice) -> Check:
    compared = _over_champion(case, champion, part)
    passed = not _lost(compared.gain, case.settings.max_slice_loss * compared.theirs)
    text = f"for {part.name} listeners ({part.least:,} to {part.most:,} tracks heard) "
    values = {**compared.values, "least": part.least, "most": part.most}
    return Check(f"slice_{part.name}", passed, text + compared.text(case.metric), values)


def _latency(case: _Case) -> Check:
    took, most = case.challenger.cost.milliseconds, case.settings.max_milliseconds
    text = f"a list takes {took:,.1f} ms, of {most:,.0f} allowed"
    return Check("latency", not took > most, text, {"took": finite(took), "most": most})


def _size(case: _Case) -> Check:
    size, most = case.challenger.cost.mebibytes, case.settings.max_mebibytes
    text = f"the model takes {size:,.1f} MiB, of {most:,.0f} allowed"
    return Check("size", not size > most, text, {"took": finite(size), "most": most})


def _lost(gain: Interval, margin: float) -> bool:
    """More than the margin, and not by chance."""
    return gain.mean < -margin and gain.high < 0


def _over_popularity(case: _Case) -> Compared:
    ours, theirs = case.challenger.mean(), case.popularity.mean()
    return Compared("popularity", ours, theirs, case.gains["popularity"])


def _over_champion(case: _Case, champion: Evaluation, part: Slice | None = None) -> Compared:
    if part is None:
        ours, theirs = case.challenger.mean(), champion.mean()
        return Compared("the champion", ours, theirs, case.gains["champion"])
    ours, theirs = (
        float(each.per_listener[MAIN][part.members].mean()) for each in (case.challenger, champion)
    )
    return Compared("the champion", ours, theirs, case.gains[part.name])


def _figures(case: _Case) -> dict[str, Any]:
    champion = case.champion
    return {
        "metric": case.metric,
        "listeners": len(case.challenger.listener_ids),
        "refresh": case.refresh,
        "forgotten": case.forgotten,
        "over_popularity": _over_popularity(case).as_json(),
        "over_champion": _over_champion(case, champion).as_json() if champion else None,
        "slices": _slices_as_json(case, champion) if champion else [],
        "settings": asdict(case.settings),
    }


def _slices_as_json(case: _Case, champion: Evaluation) -> list[dict[str, Any]]:
    return [
        {
            "name": part.name,
            "least": part.least,
            "most": part.most,
            "listeners": len(part.members),
            **_over_champion(case, champion, part).as_json(),
        }
        for part in champion.slices()
    ]
