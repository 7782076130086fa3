"""Models, for administrators: the champion, quality over time, the trainings, one more of them."""

from dataclasses import dataclass
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app import evaluations, promotion, training
from app.access import Viewer
from app.errors import PyTuneError
from app.models import Evaluation, Promotion, Training, TrainingState
from app.models.columns import id_of
from app.state import State
from app.training import Champion
from app.web.door import Administrator, Here
from app.web.errors import status_of
from app.web.quality import HEIGHT, Chart, Measured
from app.web.render import page, part, target_of

_SHOWN = 20
_CHARTED = 40
_PROMOTIONS = 10

router = APIRouter()

Before = Annotated[int | None, Query(ge=1, le=2**62)]


@dataclass(frozen=True, slots=True)
class Service:
    """Which model is to be served, and which one this server has loaded."""

    champion: Champion | None
    loaded: int | None
    gave_up: bool
    """The champion's files cannot be used: waiting for it is in vain."""
    previous: int | None
    """Where rolling back leads to."""

    @classmethod
    def of(cls, state: State, session: Session) -> Self:
        champion, model = training.champion(session), state.slot.model
        line = promotion.line(session)
        return cls(
            champion=champion,
            loaded=model.version if model else None,
            gave_up=champion is not None and state.follower.gave_up(champion.version),
            previous=line[-2] if len(line) > 1 else None,
        )

    @property
    def is_loading(self) -> bool:
        served = self.champion is None or self.champion.version == self.loaded
        return not served and not self.gave_up


@router.get("/admin/models")
def models(request: Request, state: Here, viewer: Administrator, before: Before = None) -> Response:
    if target_of(request) == "trainings":
        return part(request, "models/_trainings_changed.html", _shown(state, before))
    return models_page(request, state, viewer, before)


def models_page(
    request: Request,
    state: State,
    viewer: Viewer,
    before: int | None = None,
    problem: PyTuneError | None = None,
) -> Response:
    """The whole page, with what was refused where something was."""
    shown = {**_shown(state, before), "problem": problem}
    return page(request, viewer, "models/models.html", shown, status_of(problem))


def _shown(state: State, before: int | None) -> dict[str, Any]:
    with state.database.read() as session:
        rows = training.trainings(session, _SHOWN + 1, before)
        champions = promotion.promotions(session, _PROMOTIONS)
        charted = training.trainings(session, _CHARTED, state=TrainingState.FINISHED)
        measured = _measured(session, [*rows[:_SHOWN], *charted])
        promoted = promotion.promoted_among(session, list(measured))
        return {
            "service": Service.of(state, session),
            "active": training.active_training(session),
            "trainings": [measured[id_of(row)] for row in rows[:_SHOWN]],
            "further": rows[_SHOWN - 1].id if len(rows) > _SHOWN else None,
            "is_first": before is None,
            "promoted": promoted,
            "champions": champions,
            "evaluations": judged(session, [each.promotion for each in champions]),
            "chart": Chart.of([measured[id_of(row)] for row in charted][::-1], promoted),
            "height": HEIGHT,
        }


def judged(session: Session, promotions: list[Promotion]) -> dict[int, Evaluation]:
    """The evaluations that promotions rest on, by number."""
    numbers = [each.evaluation_id for each in promotions if each.evaluation_id is not None]
    return evaluations.evaluations_by_id(session, numbers)


def _measured(session: Session, rows: list[Training]) -> dict[int, Measured]:
    """Each once, by its version."""
    each = {id_of(row): row for row in rows}
    found = evaluations.evaluations_of(session, list(each))
    return {
        version: Measured(row, made[0] if made else None)
        for (version, row), made in zip(each.items(), found, strict=True)
    }
