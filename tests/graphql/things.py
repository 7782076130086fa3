"""One of each kind of thing, in words of its own; what can have an owner is the listener's."""

from sqlmodel import Session

from app import alerts, listening, playlists, tokens, training_log
from app.graphql.ids import global_id
from app.listening import Listen, Origin
from app.ml.search import Trial
from app.models import (
    AlertKind,
    CatalogueEdit,
    DataImport,
    DriftWatch,
    EditKind,
    Evaluation,
    EvaluationRun,
    ExternalKind,
    Feedback,
    ImportState,
    TrainingState,
    Tuning,
    TuningTrial,
)
from app.models.columns import utc_now
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER
from tests.graphql.rights_below import NODES

IDS = {kind: global_id(kind, LISTENER if kind == "User" else 1) for kind in NODES}
WORDS = {
    "the listener's player": {LISTENER},
    "the listener's playlist": {LISTENER},
    "the listener's telephone": {LISTENER},
    "the listener's library": {LISTENER, ADMINISTRATOR},
    "bob": {OTHER, ADMINISTRATOR},
    "root": {ADMINISTRATOR},
    "told in a log": {ADMINISTRATOR},
    "found by an evaluation": {ADMINISTRATOR},
    "who measured again": {ADMINISTRATOR},
    "who searched": {ADMINISTRATOR},
    "what was tried": {ADMINISTRATOR},
    "what is alarming": {ADMINISTRATOR},
    "who renamed": {ADMINISTRATOR},
}
"""In whose answers each stands, whatever is asked for."""


def add_each(session: Session) -> None:
    """The first training is there."""
    _add_own(session)
    training_log.write(session, 1, [training_log.line("told in a log")])
    found = {"promote": True, "verdict": {}}
    session.add(
        Evaluation(
            id=1, training_id=1, metrics=found, promote=True, reason="found by an evaluation"
        )
    )
    session.flush()
    session.add(
        EvaluationRun(
            training_id=1,
            evaluation_id=1,
            requested_by="who measured again",
            state=TrainingState.FINISHED,
        )
    )
    session.add(Tuning(id=1, requested_by="who searched", seconds=60, seed=1))
    session.flush()
    trial = Trial("als/binary", {"what was tried": 8}, "complete", 0.2, 0.1, 3.5)
    session.add(TuningTrial(tuning_id=1, trial=trial.as_json()))
    alerts.raise_alert(session, AlertKind.DRIFT, "what is alarming", {})
    session.add(
        CatalogueEdit(
            kind=EditKind.EDIT, thing=ExternalKind.TRACK, our_id=1, edited_by="who renamed"
        )
    )
    session.add(
        DriftWatch(version=1, click_through={"before": [], "after": []}, watched_at=utc_now())
    )


def _add_own(session: Session) -> None:
    listening.record_listen(session, LISTENER, Listen(3, origin=Origin("the listener's player")))
    listening.set_feedback(session, LISTENER, 2, Feedback.LOVED, Origin())
    listening.set_feedback(session, LISTENER, 9, Feedback.DISLIKED, Origin())
    playlists.create(session, LISTENER, "the listener's playlist", [4, 5])
    tokens.create(session, LISTENER, "the listener's telephone", 30)
    row = DataImport(
        source="the listener's library", format="csv", path="x", state=ImportState.FINISHED
    )
    session.add(row.sqlmodel_update({"user_id": LISTENER}))
    session.flush()
