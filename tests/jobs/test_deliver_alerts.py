"""Alerts are told to a real server on loopback: signed, once taken, and tried again if not."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from sqlmodel import select

from app import alerts, webhook
from app.models import Alert, AlertKind
from app.queue import JobName
from jobs.deliver_alerts import _deliver_alerts
from jobs.runtime import Runtime
from tests.jobs_at_work import waiting_jobs

SECRET = "hush"


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is told, and answers with the first status of the list."""

    told: ClassVar[list[tuple[str, Message, bytes]]] = []
    statuses: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((self.path, self.headers, body))
        status = self.statuses.pop(0) if self.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST  # noqa: N815  its own name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its own name
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.told.clear()
    Receiver.statuses.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks?from=pytune"
    server.shutdown()
    thread.join()
    server.server_close()


def _telling(rt: Runtime, url: str, secret: str | None = SECRET) -> Runtime:
    chosen = {"alert_webhook_url": url, "alert_webhook_secret": secret}
    return Runtime(rt.settings.model_copy(update=chosen), rt.database, rt.queue)


def _raise(rt: Runtime, message: str) -> None:
    details = {"before": 0.3, "after": 0.2}
    rt.database.transact(
        lambda session: alerts.raise_alert(session, AlertKind.DRIFT, message, details)
    )


def _waiting(rt: Runtime) -> list[str]:
    with rt.database.read() as session:
        return [row.message for row in session.exec(select(Alert)) if row.delivered_at is None]


def _delivery(rt: Runtime) -> alerts.Delivery:
    with rt.database.read() as session:
        return alerts.delivery(session, rt.settings)


def test_an_alert_is_told_once_with_its_figures(rt: Runtime, receiver: str) -> None:
    _raise(rt, "Björk is played less.")
    telling = _telling(rt, receiver)
    (number,) = _deliver_alerts(telling)
    assert _deliver_alerts(telling) == []
    ((path, headers, body),) = Receiver.told
    assert path == "/hooks?from=pytune"
    assert headers["X-PyTune-Alert"] == str(number)
    told = json.loads(body)
    assert (told["id"], told["kind"], told["message"]) == (number, "drift", "Björk is played less.")
    assert told["details"] == {"before": 0.3, "after": 0.2}
    assert _waiting(rt) == []


def test_the_receiver_can_check_who_it_is_from(rt: Runtime, receiver: str) -> None:
    _raise(rt, "Something")
    _deliver_alerts(_telling(rt, receiver))
    ((_, headers, body),) = Receiver.told
    second = int(headers["X-PyTune-Timestamp"])
    assert headers["X-PyTune-Signature"] == f"sha256={webhook.signature(SECRET, second, body)}"


def test_a_signature_is_that_of_other_tools() -> None:
    """printf '1700000000.{}' | openssl dgst -sha256 -hmac hush"""
    expected = "763081ea12e3b1f903f958994c023cde07f1224b02a538ad6f959112a2f780ba"
    assert webhook.signature(SECRET, 1_700_000_000, b"{}") == expected


def test_without_a_secret_nothing_is_signed(rt: Runtime, receiver: str) -> None:
    _raise(rt, "Something")
    _deliver_alerts(_telling(rt, receiver, None))
    ((_, headers, _),) = Receiver.told
    assert headers["X-PyTune-Signature"] is None


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_not_taken_is_tried_again_and_nothing_is_followed(
    rt: Runtime, receiver: str, status: int
) -> None:
    _raise(rt, "one")
    _raise(rt, "two")
    Receiver.statuses[:] = [status] * 2
    telling = _telling(rt, receiver)
    assert _deliver_alerts(telling) == []
    assert [path for path, _, _ in Receiver.told] == ["/hooks?from=pytune"] * 2
    assert _waiting(rt) == ["one", "two"]
    failing = _delivery(telling)
    assert (failing.is_failing, failing.waiting, failing.host) == (True, 2, "127.0.0.1")
    assert failing.error is not None
    assert f"it answered {status}" in failing.error
    assert len(_deliver_alerts(telling)) == 2
    assert _waiting(rt) == []
    assert (_delivery(telling).is_failing, _delivery(telling).waiting) == (False, 0)


def test_one_that_is_refused_keeps_no_other_back(rt: Runtime, receiver: str) -> None:
    _raise(rt, "one")
    _raise(rt, "two")
    Receiver.statuses[:] = [413]
    assert len(_deliver_alerts(_telling(rt, receiver))) == 1
    assert _waiting(rt) == ["one"]


def test_a_receiver_that_is_away_is_tried_once(rt: Runtime) -> None:
    _raise(rt, "one")
    _raise(rt, "two")
    telling = _telling(rt, "http://127.0.0.1:1/")
    assert _deliver_alerts(telling) == []
    assert _waiting(rt) == ["one", "two"]
    with rt.database.read() as session:
        assert [row.delivery_error is None for row in session.exec(select(Alert))] == [False, True]


def test_an_address_in_any_script_is_written_as_servers_take_it(rt: Runtime, receiver: str) -> None:
    _raise(rt, "one")
    address = f"{receiver.partition('/hooks')[0]}/Grüße an uns/%2F?von=Zoë&an=a+b"
    assert len(_deliver_alerts(_telling(rt, address))) == 1
    ((path, _, _),) = Receiver.told
    assert path == "/Gr%C3%BC%C3%9Fe%20an%20uns/%2F?von=Zo%C3%AB&an=a+b"


def test_a_host_that_cannot_be_written_is_a_failure_and_no_crash(rt: Runtime) -> None:
    _raise(rt, "one")
    assert _deliver_alerts(_telling(rt, f"http://{'ü' * 70}.example/")) == []
    assert _waiting(rt) == ["one"]


def test_what_is_a_day_old_is_no_news(rt: Runtime, receiver: str) -> None:
    _raise(rt, "one")
    with rt.database.write() as session:
        session.exec(select(Alert)).one().created_at -= timedelta(days=2)
    assert _deliver_alerts(_telling(rt, receiver)) == []
    assert Receiver.told == []


def test_without_an_address_nothing_is_delivered(rt: Runtime) -> None:
    _raise(rt, "one")
    assert _deliver_alerts(rt) == []
    alerts.announce(rt.queue)
    assert waiting_jobs(rt.queue) == []


def test_a_new_alert_is_announced_by_a_job(rt: Runtime, receiver: str) -> None:
    with _queue_of(_telling(rt, receiver)) as queue:
        alerts.announce(queue)
        assert [job.func_name for job in waiting_jobs(queue)] == [JobName.DELIVER_ALERTS]


@contextmanager
def _queue_of(rt: Runtime) -> Iterator[Any]:
    queue = type(rt.queue)(rt.settings)
    yield queue
    queue.close()
