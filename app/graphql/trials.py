"""What a tuning tried, as data that a dashboard can plot."""

from typing import Self

import strawberry
from strawberry.scalars import JSON

from app.graphql.enums import Algorithm, TrialState, Weighting
from app.ml.search import Trial as TrialRow


@strawberry.type(description="A recipe that a tuning tried, and how it did.")
class Trial:
    algorithm: Algorithm = strawberry.field(description="How its model was made.")
    weighting: Weighting = strawberry.field(description="What plays became before the fit.")
    settings: JSON = strawberry.field(
        description="What was chosen for it: the algorithm's settings, and `half_life_days`."
    )
    state: TrialState = strawberry.field(description="How it ended.")
    ndcg: float = strawberry.field(
        description="NDCG@20 over the tested listeners; over the first quarter of them where it was"
        " pruned, 0 where it was refused."
    )
    first_quarter_ndcg: float = strawberry.field(description="Over their first quarter.")
    fit_seconds: float = strawberry.field(description="How long the fit took.")
    seconds: float = strawberry.field(description="How long it took, tests included.")

    @classmethod
    def of(cls, row: TrialRow) -> Self:
        algorithm, _, weighting = row.arm.partition("/")
        return cls(
            algorithm=Algorithm(algorithm),
            weighting=Weighting(weighting),
            settings=JSON(dict(row.settings)),
            state=TrialState(row.state),
            ndcg=row.ndcg,
            first_quarter_ndcg=row.quarter,
            fit_seconds=row.fit_seconds,
            seconds=row.seconds,
        )
