"""A folder of files goes in whole, again and again, and what cannot go in is said."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from app.db import Database
from app.errors import ImportRefused, InvalidInput
from app.importing.csv_import import import_csv
from app.importing.report import Counts
from app.models import DataImport, Event, ImportState, Track, User
from tests.importing.conftest import Files, Import, plays, titles

MOMENT = "2026-03-01T18:22:05Z"


@pytest.fixture
def small(files: Files) -> Files:
    files.tracks("1,Halo,Beyoncé", "2,Déjà Vu,Beyonce", "3,So What,P!nk")
    files.listens(f"a,1,{MOMENT}", f"a,2,{MOMENT}", f"b,1,{MOMENT}", "b,3,")
    return files


def _imports(database: Database) -> list[DataImport]:
    with database.read() as session:
        return list(session.exec(select(DataImport).order_by(col(DataImport.id))))


def test_tracks_artists_listeners_and_listens_go_in(
    small: Files, bring_in: Import, database: Database
) -> None:
    report, rejected = bring_in()
    assert (report.tracks, report.listens) == (Counts(3, 3), Counts(4, 4))
    assert (rejected, report.reasons, report.rejected_file) == ([], {}, None)
    assert titles(database) == [("Halo", "Beyoncé"), ("Déjà Vu", "Beyoncé"), ("So What", "P!nk")]
    with database.read() as session:
        assert plays(session) == 4
        users = session.exec(select(User).order_by(col(User.name))).all()
    assert [(user.name, user.password_hash) for user in users] == [
        ("demo-a", None),
        ("demo-b", None),
    ]


def test_the_import_is_on_record(small: Files, bring_in: Import, database: Database) -> None:
    small.tracks("1,Halo,Beyoncé", "2,,Beyoncé")
    bring_in()
    (row,) = _imports(database)
    assert (row.source, row.format, row.state) == ("demo", "csv", ImportState.FINISHED)
    assert (row.rows_read, row.rows_loaded, row.rows_unchanged, row.rows_rejected) == (6, 3, 0, 3)
    assert row.path == str(small.folder)
    assert row.finished_at is not None
    with database.read() as session:
        assert {event.import_id for event in session.exec(select(Event))} == {row.id}


def test_the_second_time_nothing_changes(
    small: Files, bring_in: Import, database: Database
) -> None:
    bring_in()
    report, _ = bring_in()
    assert (report.tracks, report.listens) == (Counts(3, 0, 3), Counts(4, 0, 4))
    assert len(titles(database)) == 3
    with database.read() as session:
        assert plays(session) == 4


def test_only_what_is_new_or_changed_is_written(
    small: Files, bring_in: Import, database: Database
) -> None:
    bring_in()
    small.tracks("1,Halo (Live),Beyoncé", "2,Déjà Vu,Beyoncé", "3,So What,Pink", "4,Blue,Joni")
    small.listens(f"a,1,{MOMENT}", "a,1,2026-03-02T00:00:00Z", "c,4,")
    report, _ = bring_in()
    assert (report.tracks, report.listens) == (Counts(4, 3, 1), Counts(3, 2, 1))
    assert titles(database) == [
        ("Halo (Live)", "Beyoncé"),
        ("Déjà Vu", "Beyoncé"),
        ("So What", "Pink"),
        ("Blue", "Joni"),
    ]
    with database.read() as session:
        changed = session.exec(select(Track).where(Track.title == "Halo (Live)")).one()
        assert changed.search_key == " halo live beyonce"
        assert plays(session) == 6


def test_what_a_file_no_longer_knows_is_not_forgotten(
    files: Files, bring_in: Import, database: Database
) -> None:
    header = "track_id,title,artist,year,youtube_id"
    files.tracks("1,Halo,Beyoncé,2008,bnVUHWCynig", header=header)
    bring_in()
    files.tracks("1,Halo,Beyoncé,,", header=header)
    report, _ = bring_in()
    assert report.tracks == Counts(1, 0, 1)
    with database.read() as session:
        track = session.exec(select(Track)).one()
    assert (track.year, track.youtube_id, track.video_state) == (2008, "bnVUHWCynig", "found")


def test_the_last_of_two_rows_with_one_id_counts(
    files: Files, bring_in: Import, database: Database
) -> None:
    files.tracks("1,First,Nina", "1,Last,Nina")
    for _ in range(2):
        report, _ = bring_in()
        assert titles(database) == [("Last", "Nina")]
    assert report.tracks == Counts(2, 0, 2)


def test_listens_may_come_later_alone(files: Files, bring_in: Import, database: Database) -> None:
    files.tracks("1,Halo,Beyoncé")
    bring_in()
    (files.folder / "tracks.csv").unlink()
    files.write("listens.csv.gz", "user_id,track_id,listened_at", f"a,1,{MOMENT}")
    report, _ = bring_in()
    assert (report.tracks, report.listens) == (Counts(), Counts(1, 1))


def test_known_listeners_are_counted_for_search(
    small: Files, bring_in: Import, database: Database
) -> None:
    small.listens(f"a,1,{MOMENT}", "a,1,2026-03-02", "b,1,2026-03-02", "b,3,")
    bring_in()
    with database.read() as session:
        counts = session.exec(select(Track.listener_count).order_by(col(Track.id))).all()
    assert counts == [2, 0, 1]


def test_what_cannot_go_in_is_written_down_and_the_rest_goes_in(
    files: Files, bring_in: Import, database: Database
) -> None:
    header = "track_id,title,artist,year"
    files.tracks("1,Halo,Beyoncé,2008", '2,"a, ""b""",,', "3,Blue,Joni,soon", "4,x", header=header)
    files.listens(f"a,1,{MOMENT}", f"a,9,{MOMENT}", "a,1,never", f",1,{MOMENT}", f"b,3,{MOMENT}")
    report, rejected = bring_in()
    assert (report.tracks, report.listens) == (Counts(4, 2, 0, 2), Counts(5, 2, 0, 3))
    assert [row[:3] for row in rejected] == [
        ["tracks.csv", "3", "row rejected"],
        ["tracks.csv", "4", "value left out"],
        ["tracks.csv", "5", "row rejected"],
        ["listens.csv", "4", "row rejected"],
        ["listens.csv", "5", "row rejected"],
        ["listens.csv", "3", "row rejected"],
    ]
    reasons = [row[3].split(":")[0] for row in rejected]
    assert reasons == [
        "artist", "year", "row", "listened_at", "user_id", "track_id",
    ]  # fmt: skip
    assert rejected[0][4] == '2,a, "b",,'
    assert rejected[5][3:] == [
        "track_id: no track of this source has this id",
        "a,9,2026-03-01 18:22:05+00:00",
    ]
    assert [reason.split(":")[0] for reason in report.reasons] == reasons
    assert set(report.reasons.values()) == {1}
    assert len(titles(database)) == 2


@pytest.mark.parametrize("missing", ["tracks", "listens"])
def test_a_missing_column_stops_before_anything_is_written(
    small: Files, bring_in: Import, database: Database, missing: str
) -> None:
    small.write(f"{missing}.csv", "id,name", "1,x")
    with pytest.raises(ImportRefused, match=rf"{missing}\.csv .* lacks"):
        bring_in()
    assert (titles(database), _imports(database)) == ([], [])


@pytest.mark.parametrize("source", ["", "Has Space", "-x", "x" * 65, "ü"])
def test_a_source_needs_a_plain_name(
    small: Files, database: Database, tmp_path: Path, source: str
) -> None:
    with pytest.raises(InvalidInput, match="a name of its own"):
        import_csv(database, small.folder, tmp_path, lambda *_: None, source=source or "é")
    assert _imports(database) == []


def test_a_file_that_breaks_off_leaves_what_came_before(
    small: Files, bring_in: Import, database: Database
) -> None:
    rows = [
        f"u{n % 7},{1 + n % 3},2026-03-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z"
        for n in range(5_000)
    ]
    (small.folder / "listens.csv").unlink()
    small.write("listens.csv.gz", "user_id,track_id,listened_at", *rows)
    whole = (small.folder / "listens.csv.gz").read_bytes()
    (small.folder / "listens.csv.gz").write_bytes(whole[:-9])
    with pytest.raises(ImportRefused, match=r"listens\.csv\.gz .* damaged after line"):
        bring_in()
    (row,) = _imports(database)
    assert row.state is ImportState.FAILED
    assert "damaged" in str(row.error)
    with database.read() as session:
        assert plays(session) > 4_000
        assert session.exec(select(Track.listener_count)).all() == [7, 7, 7]
    (small.folder / "listens.csv.gz").write_bytes(whole)
    bring_in()
    with database.read() as session:
        assert plays(session) == 5_000


def test_progress_ends_at_the_whole_of_each_file(
    small: Files, database: Database, tmp_path: Path
) -> None:
    told: list[tuple[str, float, int]] = []
    import_csv(
        database,
        small.folder,
        tmp_path,
        lambda name, share, counts: told.append((name, share, counts.loaded)),
    )
    assert told[-1] == ("listens.csv", 1.0, 4)
    assert ("tracks.csv", 1.0, 3) in told
    assert all(0 <= share <= 1 for _, share, _ in told)


def test_a_path_that_is_no_text_can_be_put_on_record(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "\udcff" / "demo"
    folder.mkdir(parents=True)
    Files(folder).tracks("1,Halo,Beyoncé", "2,,")
    import_csv(database, folder, tmp_path / "\udcff", lambda *_: None)
    (row,) = _imports(database)
    assert row.path.endswith("/\ufffd/demo")
