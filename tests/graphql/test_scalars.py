"""Moments, as clients write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from graphql import GraphQLError

from app.graphql.scalars import DATE_TIME

MOMENT = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
EARLIER = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-22T20:15:00Z", MOMENT),
        ("2026-11-22T20:15:00.000+00:00", MOMENT),
        ("2026-11-22 20:15Z", MOMENT),
        ("20261122T201500Z", MOMENT),
        ("2026-11-22T15:15:00-05:00", MOMENT.astimezone(EARLIER)),
        ("2026-11-22T20:15:00", MOMENT.replace(tzinfo=None)),
        ("2026-11-21T24:00:00Z", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text: str, meant: datetime) -> None:
    assert DATE_TIME.parse_value is not None
    read = DATE_TIME.parse_value(text)
    assert (read, read.utcoffset()) == (meant, meant.utcoffset())


@pytest.mark.parametrize("value", ["", "yesterday", "2026-13-01T00:00:00Z", 5, 1.5, True, [], {}])
def test_what_is_no_moment_is_refused(value: object) -> None:
    assert DATE_TIME.parse_value is not None
    with pytest.raises(GraphQLError, match="DateTime"):
        DATE_TIME.parse_value(value)
