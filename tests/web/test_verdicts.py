"""The gate's verdict in the reader's language."""

import pytest

from app import evaluations, training
from app.models import Evaluation
from tests.models_made import finished
from tests.web.conftest import Site
from tests.web.measured import contested, write_down
from tests.web.pages import text


@pytest.fixture
def rival(admin: Site) -> int:
    """A finished training, measured and found worse than the champion, 1."""
    tracks = sorted(admin.world.tracks.values())
    number = finished(admin.state.database, admin.state.settings, tracks)
    with admin.state.database.write() as session:
        write_down(session, 1, contested(better=True, first=True))
        write_down(session, number, contested(better=False), champion_id=1)
    return number


def _in_french(site: Site, path: str) -> str:
    """With the blanks that French sets before signs made plain."""
    page = site.get(path, **{"Accept-Language": "fr"}).text
    return text(page).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("better", [True, False])
def test_a_verdict_speaks_the_readers_language(admin: Site, rival: int, *, better: bool) -> None:
    with admin.state.database.write() as session:
        write_down(session, rival, contested(better=better), champion_id=1)
    seen = _in_french(admin, f"/admin/models/{rival}")
    figures = contested(better=better).verdict.figures
    ours = f"{figures['over_champion']['challenger']:.4f}".replace(".", ",")
    if better:
        assert f"Promu comme meilleure recette, sur 60 auditeurs : NDCG@5 est de {ours}" in seen
    else:
        assert f"Non promu, sur 60 auditeurs : NDCG@5 est de {ours} contre" in seen
        assert "Le champion reste." in seen
    assert "ses listes montrent" in seen
    assert "of the champion" not in seen


def test_a_verdict_that_came_too_late_says_so(admin: Site, rival: int) -> None:
    found = contested(better=True)
    with admin.state.database.write() as session:
        session.add(
            Evaluation(
                training_id=rival,
                champion_id=1,
                metrics={**found.as_json(), "stale": True},
                promote=False,
                reason="Not promoted: another model became champion meanwhile.",
            )
        )
    seen = _in_french(admin, f"/admin/models/{rival}")
    assert "Non promu : un autre modèle est devenu champion entre-temps. Promu comme" in seen


def test_a_verdict_from_before_figures_were_kept_is_shown_as_it_was(
    admin: Site, rival: int
) -> None:
    figures = contested(better=True).as_json()
    checks = [
        {name: each[name] for name in ("name", "passed", "text")}
        for each in figures["verdict"]["checks"]
    ]
    with admin.state.database.write() as session:
        session.add(
            Evaluation(
                training_id=rival,
                champion_id=1,
                metrics={**figures, "verdict": {**figures["verdict"], "checks": checks}},
                promote=True,
                reason="Promoted long ago.",
            )
        )
    seen = _in_french(admin, f"/admin/models/{rival}")
    assert "Promoted long ago." in seen
    assert checks[0]["text"] in seen


def test_the_record_of_champions_speaks_the_readers_language(admin: Site, rival: int) -> None:
    with admin.state.database.write() as session:
        write_down(session, rival, contested(better=True), champion_id=1)
        session.flush()
        [[made, *_]] = evaluations.evaluations_of(session, [rival])
        training.promote(session, rival, "gate", made.reason, made)
    for path in ("/admin/models", f"/admin/models/{rival}"):
        seen = _in_french(admin, path)
        assert "Promu comme meilleure recette" in seen
        assert made.reason not in seen
