"""What most listeners have played lately."""

from datetime import timedelta

from app import listening
from app.charts import WINDOW, Chart, most_played
from app.db import Database
from app.listening import Listen
from app.models.columns import utc_now
from tests import making


def test_listeners_count_before_plays_and_old_ones_not_at_all(database: Database) -> None:
    now = utc_now()
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        loud, shared, old = (making.track(session, title) for title in ("Rio", "Two", "Old"))
        for hours in range(1, 5):
            moment = now - timedelta(hours=hours)
            listening.record_listen(session, ann, Listen(loud, moment))
        for user_id in (ann, bob):
            listening.record_listen(session, user_id, Listen(shared, now - timedelta(hours=9)))
            listening.record_listen(session, user_id, Listen(old, now - WINDOW - timedelta(days=1)))
        assert most_played(session, now - WINDOW, 5) == [shared, loud]
        assert most_played(session, now - WINDOW, 1) == [shared]
    assert Chart(database).track_ids == [shared, loud]
