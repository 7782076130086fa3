"""GraphQL over HTTP: the audits of the npm package graphql-http, against the running product."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.graphql.conftest import Live

AUDIT = Path(__file__).resolve().parents[1] / "node" / "audit.mjs"


@pytest.mark.npm
def test_every_audit_of_graphql_over_http_is_passed(live: Live) -> None:
    run = subprocess.run(
        ["node", str(AUDIT), live.address], capture_output=True, text=True, check=True
    )
    audits = [json.loads(line) for line in run.stdout.splitlines()]
    assert Counter(audit["name"].split()[0] for audit in audits) == {
        "MUST": 13,
        "SHOULD": 23,
        "MAY": 25,
    }
    assert [audit for audit in audits if audit["status"] != "ok"] == []
