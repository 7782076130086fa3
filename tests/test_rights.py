"""Everything about one listener, and nothing of others; then nothing of them at all."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel
from sqlmodel import select as sqlmodel_select

from app import accounts, catalog, erasing, exporting, listening, playlists, recommending
from app.db import Database
from app.errors import UserNotFound
from app.listening import EVENTS, Listen, Origin
from app.models import (
    DataImport,
    ExternalId,
    ExternalKind,
    Feedback,
    ListKind,
    Prediction,
    Role,
    User,
)
from app.models.columns import id_of, utc_now
from app.settings import Settings
from app.users import LastAdministrator
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)


def _world(session: Session) -> tuple[int, int]:
    """Two listeners who did the same."""
    one, two = making.tracks(session, 2, "Björk")
    ids = []
    for name in ("ann", "bob"):
        user_id = making.user(session, name)
        ids.append(user_id)
        listening.record_listen(
            session, user_id, Listen(one, MOMENT, 200, "k", Origin("phone", "l", 1))
        )
        listening.record_skip(session, user_id, Listen(two, MOMENT))
        listening.set_feedback(session, user_id, two, Feedback.LOVED)
        playlists.create(session, user_id, f"{name}'s", [two, one, two])
        recommending.start_with(session, user_id, [catalog.track(session, one).artist_id])
        (user,) = accounts.users_by_id(session, [user_id])
        assert user is not None
        accounts.open_session(session, user, timedelta(hours=1), "phone")
        making.pause(session, user_id, MOMENT + timedelta(days=1), MOMENT + timedelta(days=2))
        kind = ExternalKind.USER
        session.add(ExternalId(source="file", kind=kind, external_id=name, our_id=user_id))
        session.add(
            Prediction(
                list_id=str(uuid4()),
                user_id=user_id,
                kind=ListKind.RECOMMENDATIONS,
                discovery=0.3,
                served_at=utc_now(),
                items=[[one, 0.5]],
            )
        )
        session.flush()
    return ids[0], ids[1]


def _rows(session: Session) -> dict[str, int]:
    """How many rows each table has, those of the catalogue and whose turn it is left out."""
    counts = {}
    for name, table in SQLModel.metadata.tables.items():
        count = session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        if count and name not in {"track", "artist", "turn"}:
            counts[name] = count
    return counts


def test_an_export_tells_everything_about_one_listener(database: Database) -> None:
    with database.write() as session:
        ann, _ = _world(session)
        imports = [
            DataImport(source="spotify", format="spotify", path="", user_id=who, rows_loaded=7)
            for who in (ann, None)
        ]
        session.add_all(imports)
    with database.read() as session:
        told = json.loads(b"".join(exporting.export(session, ann)))
    assert (told["format"], told["account"]["name"]) == ("PyTune export", "ann")
    assert [event["kind"] for event in told["events"]] == ["listen", "skip", "love"]
    listen = told["events"][0]
    assert (listen["title"], listen["artist"], listen["seconds_played"]) == ("Song 0", "Björk", 200)
    assert (listen["source"], listen["idempotency_key"], listen["position"]) == ("phone", "k", 1)
    assert datetime.fromisoformat(listen["occurred_at"]) == MOMENT
    assert [track["plays"] for track in told["tracks"]] == [1, 0]
    (playlist,) = told["playlists"]
    assert [track["title"] for track in playlist["tracks"]] == ["Song 1", "Song 0", "Song 1"]
    assert told["known_elsewhere_as"] == [{"source": "file", "external_id": "ann"}]
    assert [sign_in["name"] for sign_in in told["sign_ins"]] == ["phone"]
    assert [served["discovery"] for served in told["recommended"]] == [0.3]
    (pause,) = told["record_pauses"]
    assert datetime.fromisoformat(pause["ended_at"]) == MOMENT + timedelta(days=2)
    assert [pick["name"] for pick in told["picked_artists"]] == ["Björk"]
    (brought,) = told["imports"]
    assert (brought["format"], brought["rows_loaded"]) == ("spotify", 7)
    text = json.dumps(told)
    assert "bob" not in text
    assert "hash" not in text


def test_an_export_of_nothing_is_whole(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        told = json.loads(b"".join(exporting.export(session, ann)))
        with pytest.raises(UserNotFound):
            exporting.export(session, ann + 1000)
    assert (told["events"], told["playlists"]) == ([], [])


def test_a_long_history_is_exported_whole(database: Database) -> None:
    with database.write() as session:
        ann, (track, *_) = making.user(session), making.tracks(session, 1)
        for begin in range(0, 2500, 100):
            moments = (MOMENT - timedelta(minutes=begin + n) for n in range(100))
            listening.record_listens(session, ann, [Listen(track, moment) for moment in moments])
        told = json.loads(b"".join(exporting.export(session, ann)))
    assert len({event["occurred_at"] for event in told["events"]}) == 2500


def test_a_deleted_account_leaves_no_row_and_others_alone(database: Database) -> None:
    with database.write() as session:
        ann, bob = _world(session)
        both = _rows(session)
        erasing.delete_account(session, ann)
        assert _rows(session) == {name: count // 2 for name, count in both.items()}
        assert listening.count_listens(session, bob) == 1
        with pytest.raises(UserNotFound):
            erasing.delete_account(session, ann)


def test_who_leaves_takes_imports_and_their_files_along(
    database: Database, settings: Settings
) -> None:
    report = settings.folder / "import-1-rejected.csv"
    with database.write() as session:
        ann = making.user(session)
        track = making.track(session, "Jóga")
        row = DataImport(
            source="x", format="spotify", path="x", user_id=ann, rejected_file=str(report)
        )
        session.add(row)
        session.flush()
        listening.record_listen(session, ann, Listen(track, MOMENT))
        session.connection().execute(EVENTS.update().values(import_id=id_of(row)))
    upload = settings.uploads / str(ann) / "0" / "history.zip"
    upload.parent.mkdir(parents=True)
    for file in (report, upload):
        file.write_bytes(b"mine")
    erasing.leave(database, settings, ann)
    assert not report.exists()
    assert not upload.exists()
    with database.read() as session:
        assert _rows(session) == {}


def test_what_a_leaver_has_brought_belongs_to_no_other_import(database: Database) -> None:
    with database.write() as session:
        ann, bob = _world(session)
        for who in (ann, bob):
            row = DataImport(source="spotify", format="spotify", path="", user_id=who)
            session.add(row)
            session.flush()
            known = ExternalId(
                source="spotify",
                kind=ExternalKind.TRACK,
                external_id=f"x{who}",
                our_id=1,
                import_id=row.id,
            )
            session.add(known)
        erasing.delete_account(session, ann)
        session.flush()
        left = session.exec(sqlmodel_select(ExternalId).where(ExternalId.source == "spotify"))
        assert {one.external_id: one.import_id for one in left} == {
            f"x{ann}": None,
            f"x{bob}": row.id,
        }


def test_the_last_administrator_who_can_sign_in_cannot_leave(database: Database) -> None:
    with database.write() as session:
        roots = [
            User(name=name, name_key=name, role=Role.ADMINISTRATOR, password_hash="x")
            for name in ("root", "old", "new")
        ]
        roots[1].disabled_at = utc_now()
        session.add_all(roots)
        session.flush()
        erasing.delete_account(session, id_of(roots[2]))
        with pytest.raises(LastAdministrator):
            erasing.delete_account(session, id_of(roots[0]))
