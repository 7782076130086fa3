"""Jobs are enqueued by the place of their function: each is there."""

import pytest
from rq.utils import import_attribute

from app.queue import JobName


@pytest.mark.parametrize("name", JobName)
def test_a_job_is_where_its_name_says(name: JobName) -> None:
    job = import_attribute(name.value)
    assert callable(job)
    assert f"{job.__module__}.{job.__name__}" == name
