"""Files that are posted: written to disk as they come in, never held in memory."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from anyio import to_thread
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.errors import InvalidInput
from app.importing.uploads import Upload
from app.settings import Settings

_MAX_FIELD = 1000
"""Bytes of a field that is no file."""
_MAX_FIELDS = 20
_MAX_BESIDE = 64 * 1024
"""Bytes of a form that are no file's: boundaries, headers, fields."""
FILE = "file"
"""Name of the form's field that holds the file."""


class Received:
    """What a form, or a body that is the file itself, has brought."""

    def __init__(self, settings: Settings, user_id: int) -> None:
        self.fields: dict[str, str] = {}
        self._settings, self._user_id = settings, user_id
        self._stack = ExitStack()
        self._upload: Upload | None = None

    @property
    def upload(self) -> Upload:
        """Raises InvalidInput where none came."""
        if self._upload is None or not self._upload.size:
            raise InvalidInput(FILE, "is missing or empty: choose one")
        return self._upload

    def begin(self, name: str) -> None:
        if self._upload is not None:
            raise InvalidInput(FILE, "must be one file")
        upload = Upload(self._settings, self._user_id, name)
        self._upload = self._stack.enter_context(upload)

    def write(self, chunk: bytes) -> None:
        """Raises UploadTooLarge or StorageFull."""
        if self._upload is not None:
            self._upload.write(chunk)

    def keep(self) -> Upload:
        """The whole file, kept. Raises InvalidInput where none came."""
        self.upload.finish()
        return self.upload

    def close(self) -> None:
        """What was not kept is gone."""
        self._stack.close()


async def receive(request: Request, into: Received, name: str) -> None:
    """Read the body to its end. Raises InvalidInput, UploadTooLarge, StorageFull."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"multipart/form-data":
        form = _Form(into, options.get(b"boundary", b""))
        await _each_chunk(request, form.take)
        form.check_end()
    else:
        await to_thread.run_sync(into.begin, name)
        await _each_chunk(request, into.write)


async def _each_chunk(request: Request, take: Callable[[bytes], None]) -> None:
    """Raises InvalidInput where whoever sends it goes away."""
    try:
        async for chunk in request.stream():
            if chunk:
                await to_thread.run_sync(take, chunk)
    except ClientDisconnect as gone:
        raise _not_a_form("it breaks off") from gone


class _Form:
    """Parts of a form as they come; `file` goes to disk, other fields are kept."""

    def __init__(self, into: Received, boundary: bytes) -> None:
        self._into = into
        self._header = self._name = b""
        self._headers: dict[bytes, bytes] = {}
        self._value = bytearray()
        self._is_file = self._at_end = False
        self._received = self._of_file = 0
        try:
            self._parser = MultipartParser(boundary, self._callbacks())
        except FormParserError as error:
            raise _not_a_form(error) from error

    def take(self, chunk: bytes) -> None:
        """Raises InvalidInput for what is no form, or one of much else than a file."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _not_a_form(error) from error
        self._received += len(chunk)
        if self._received - self._of_file > _MAX_BESIDE or len(self._into.fields) > _MAX_FIELDS:
            raise _not_a_form("it holds more than one file and a few short fields")

    def check_end(self) -> None:
        """Raises InvalidInput where the form broke off."""
        if not self._at_end:
            raise _not_a_form("it breaks off")

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._whole,
        }

    def _begin(self) -> None:
        self._headers, self._value, self._is_file = {}, bytearray(), False
        self._header = self._name = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = bytes(self._value)
        self._header, self._value = b"", bytearray()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"")
        self._is_file = self._name == FILE.encode() and bool(options.get(b"filename"))
        if self._is_file:
            self._into.begin(options[b"filename"].decode("utf-8", "replace"))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._of_file += end - start
            self._into.write(data[start:end])
        elif len(self._value) + end - start <= _MAX_FIELD:
            self._value += data[start:end]

    def _end(self) -> None:
        if not self._is_file:
            name = self._name.decode("utf-8", "replace")
            self._into.fields[name] = self._value.decode("utf-8", "replace")

    def _whole(self) -> None:
        self._at_end = True


def _not_a_form(error: Exception | str) -> InvalidInput:
    return InvalidInput(FILE, f"is not in a form that can be read: {error}")
