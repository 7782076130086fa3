"""An alert told to another server: one signed POST over HTTP, to the address of the settings."""

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from app.errors import WebhookFailed, WebhookRefused
from app.settings import Settings

_TIMEOUT_SECONDS = 10.0
_GOOD = range(200, 300)
_IN_ADDRESSES = "/?:@!$&'()*+,;=%"
"""What stands for itself in a path and its query (RFC 3986, 3.3 and 3.4), and what was quoted."""


def post(settings: Settings, number: int, content: Mapping[str, Any], second: int) -> None:
    """Deliver once. Raises WebhookFailed where nothing answers, WebhookRefused for any answer but
    200 to 299.

    Nothing is followed: a redirection could lead to where only this server may go. Of the answer
    only the status is read.
    """
    url = urlsplit(settings.alert_webhook_url or "")
    body = json.dumps(content, ensure_ascii=False).encode()
    path = quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=_IN_ADDRESSES)
    connection = _connection(url.scheme, url.hostname or "", url.port)
    try:
        connection.request("POST", path, body, _headers(settings, number, body, second))
        status = connection.getresponse().status
    except (OSError, UnicodeError, http.client.HTTPException) as error:
        raise WebhookFailed(host=url.hostname, reason=f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if status not in _GOOD:
        raise WebhookRefused(host=url.hostname, reason=f"it answered {status}")


def signature(secret: str, second: int, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) of the second, a dot and the body, in hexadecimal digits.

    The second is signed too, so that a receiver can refuse what somebody repeats later.
    """
    return hmac.new(secret.encode(), f"{second}.".encode() + body, hashlib.sha256).hexdigest()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_SECONDS, context=context)
    return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)


def _headers(settings: Settings, number: int, body: bytes, second: int) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "PyTune",
        "X-PyTune-Alert": str(number),
        "X-PyTune-Timestamp": str(second),
    }
    if settings.alert_webhook_secret:
        signed = signature(settings.alert_webhook_secret, second, body)
        headers["X-PyTune-Signature"] = f"sha256={signed}"
    return headers
