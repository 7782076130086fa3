"""What was measured of a training, as data that a dashboard can plot."""

from datetime import datetime
from typing import Any, Self

import strawberry
from strawberry.scalars import JSON

from app.graphql.enums import Algorithm, Weighting
from app.graphql.measures import CheckName, Contestant, MetricName, SliceName
from app.models import Evaluation as EvaluationRow


@strawberry.type(description="A mean over the tested listeners, with its 95% interval.")
class Estimate:
    mean: float | None = strawberry.field(description="The mean; null where nothing is known.")
    low: float | None = strawberry.field(description="Lower bound of the interval.")
    high: float | None = strawberry.field(description="Upper bound of the interval.")

    @classmethod
    def of(cls, figures: dict[str, Any]) -> Self:
        return cls(mean=figures["mean"], low=figures["low"], high=figures["high"])


@strawberry.type(description="One metric of a contestant.")
class Metric:
    name: MetricName = strawberry.field(description="Which one.")
    estimate: Estimate = strawberry.field(description="Its value.")


@strawberry.type(description="About a third of the tested listeners, by how much they had heard.")
class ListenerSlice:
    name: SliceName = strawberry.field(description="Which third.")
    least_heard: int = strawberry.field(description="Tracks heard by who heard least.")
    most_heard: int = strawberry.field(description="Tracks heard by who heard most.")
    listener_count: int = strawberry.field(description="Listeners in it.")
    ndcg: Estimate = strawberry.field(description="NDCG of the lists they would have had.")

    @classmethod
    def of(cls, part: dict[str, Any]) -> Self:
        return cls(
            name=SliceName(part["name"]),
            least_heard=part["least"],
            most_heard=part["most"],
            listener_count=part["listeners"],
            ndcg=Estimate.of(part["ndcg"]),
        )


@strawberry.type(description="A recipe fitted on what came before the cutoff, and tested behind.")
class Measured:
    contestant: Contestant = strawberry.field(description="Its part in the contest.")
    algorithm: Algorithm = strawberry.field(description="The recipe's algorithm.")
    weighting: Weighting = strawberry.field(description="What plays became before the fit.")
    half_life_days: float | None = strawberry.field(
        description="Days in which a listen lost half its weight; null: it kept it."
    )
    settings: JSON = strawberry.field(description="Every setting, defaults included.")
    listener_count: int = strawberry.field(description="Tested listeners.")
    list_length: int = strawberry.field(description="Length K of the lists.")
    metrics: list[Metric] = strawberry.field(description="Every metric, the first one decides.")
    coverage: float | None = strawberry.field(
        description="Share of the catalogue that stands in at least one list."
    )
    popularity_lift: float | None = strawberry.field(
        description="How much more popular its lists are than what was heard, as a share."
    )
    slices: list[ListenerSlice] = strawberry.field(description="NDCG by kind of listener.")
    fit_seconds: float | None = strawberry.field(description="How long the fit took.")
    list_milliseconds: float | None = strawberry.field(
        description="From a history to a list, 95th percentile."
    )
    size_mebibytes: float | None = strawberry.field(description="Size of the fitted arrays.")

    @classmethod
    def of(cls, contestant: Contestant, figures: dict[str, Any]) -> Self:
        recipe = figures["recipe"]
        return cls(
            contestant=contestant,
            algorithm=Algorithm(recipe["algorithm"]),
            weighting=Weighting(recipe["weighting"]),
            half_life_days=recipe.get("half_life_days"),
            settings=JSON(recipe["settings"]),
            listener_count=figures["listeners"],
            list_length=figures["k"],
            metrics=[
                Metric(name=MetricName(name), estimate=Estimate.of(value))
                for name, value in figures["metrics"].items()
            ],
            coverage=figures["coverage"],
            popularity_lift=figures["popularity_lift"],
            slices=[ListenerSlice.of(part) for part in figures["slices"]],
            fit_seconds=figures["fit_seconds"],
            list_milliseconds=figures["milliseconds"],
            size_mebibytes=figures["mebibytes"],
        )


@strawberry.type(description="A condition of the gate.")
class GateCheck:
    name: CheckName = strawberry.field(description="Which one.")
    passed: bool = strawberry.field(description="Whether it holds.")
    text: str = strawberry.field(description="What was found, in English.")
    values: JSON = strawberry.field(
        description="The figures in the text, to word it otherwise; empty in old evaluations."
    )


@strawberry.type(description="The challenger's gain in NDCG over another, listener by listener.")
class Gain:
    over: Contestant = strawberry.field(description="Over whom.")
    slice: SliceName | None = strawberry.field(
        description="The slice of listeners it was found on; null for all of them."
    )
    gain: Estimate = strawberry.field(description="The gain, paired: above 0 is better.")


@strawberry.type(description="The model fitted on everything beside the one that was tested.")
class Refit:
    listener_count: int = strawberry.field(description="Listeners whose lists were compared.")
    overlap: float = strawberry.field(
        description="Share of the tested model's lists that stands in this one's too."
    )
    tracks_shown: int = strawberry.field(description="Tracks in at least one of its lists.")
    tracks_shown_before: int = strawberry.field(
        description="In at least one of the tested model's."
    )

    @classmethod
    def of(cls, figures: dict[str, Any]) -> Self:
        return cls(
            listener_count=figures["listeners"],
            overlap=figures["overlap"],
            tracks_shown=figures["shown"],
            tracks_shown_before=figures["shown_before"],
        )


@strawberry.type(description="A contest of recipes on one holdout, and the gate's verdict.")
class Evaluation:
    evaluated_at: datetime = strawberry.field(description="When it was written down.")
    promote: bool = strawberry.field(description="Whether the model was promoted by it.")
    passed: bool = strawberry.field(
        description="Whether the gate's conditions held; one that was asked for never promotes."
    )
    verdict: str = strawberry.field(description="The verdict, in a sentence or two.")
    champion_version: int | None = strawberry.field(
        description="The champion it was compared with; null where there was none."
    )
    contestants: list[Measured] = strawberry.field(
        description="Challenger, champion where there was one, and popularity."
    )
    gains: list[Gain] = strawberry.field(
        description="What the gate decided on; over the champion by slice too."
    )
    checks: list[GateCheck] = strawberry.field(description="The gate's conditions.")
    refit: Refit | None = strawberry.field(
        description="How the model that can be served compares; null where nobody was tested."
    )

    @classmethod
    def of(cls, row: EvaluationRow) -> Self:
        figures = row.metrics
        return cls(
            evaluated_at=row.created_at,
            promote=row.promote,
            passed=bool(figures.get("promote")),
            verdict=row.reason,
            champion_version=row.champion_id,
            contestants=[
                Measured.of(contestant, figures[contestant.value])
                for contestant in Contestant
                if figures.get(contestant.value)
            ],
            gains=_gains(figures.get("verdict", {})),
            checks=[_check(check) for check in figures.get("verdict", {}).get("checks", [])],
            refit=Refit.of(figures["refit"]) if figures.get("refit") else None,
        )


def _check(check: dict[str, Any]) -> GateCheck:
    values = JSON(check.get("values", {}))
    return GateCheck(
        name=CheckName(check["name"]), passed=check["passed"], text=check["text"], values=values
    )


def _gains(verdict: dict[str, Any]) -> list[Gain]:
    overall = [
        Gain(over=other, slice=None, gain=Estimate.of(compared["gain"]))
        for other in (Contestant.CHAMPION, Contestant.POPULARITY)
        if (compared := verdict.get(f"over_{other.value}"))
    ]
    slices = [
        Gain(
            over=Contestant.CHAMPION, slice=SliceName(part["name"]), gain=Estimate.of(part["gain"])
        )
        for part in verdict.get("slices", [])
    ]
    return overall + slices
