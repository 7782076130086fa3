"""Foreseen errors of imports and uploads."""

from app.errors import NotFound, PyTuneError


class ImportNotFound(NotFound):
    def __init__(self, import_id: int) -> None:
        super().__init__(kind="import", id=import_id)


class UploadNotFound(NotFound):
    def __init__(self, upload_id: str) -> None:
        super().__init__(kind="upload", id=upload_id)


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
