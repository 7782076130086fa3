"""Foreseen errors of imports and uploads."""

from app.errors import Missing, MissingKind, PyTuneError


class ImportNotFound(Missing):
    kind = MissingKind.IMPORT


class UploadNotFound(Missing):
    kind = MissingKind.UPLOAD


class ImportOver(PyTuneError):
    code = "import_over"
    template = "Import {import_id} is {state}."


class ImportUnderway(PyTuneError):
    code = "import_underway"
    template = "Import {import_id} is under way: wait for it to end, or cancel it."


class UploadTooLarge(PyTuneError):
    code = "upload_too_large"
    template = "The file is too large: {megabytes} MB are left for {whose}."


class StorageFull(PyTuneError):
    code = "storage_full"
    template = "The file could not be kept: {reason}."
