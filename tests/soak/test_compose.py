"""scripts/try_compose.sh, from the secrets to a restored backup, without Docker. 2 minutes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.engine import Engine
from tests.soak.conftest import Say
from tests.stack.running import ROOT

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.tmpfs,
    pytest.mark.timeout(900),
]

_ENGINE = '#!/bin/sh\nPYTHONPATH={root} exec {python} -m tests.deploy.engine {folder} "$@"\n'
_ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
"""Its ports are nobody else's."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What is in git, as it is now."""
    listed = ["git", "ls-files", "docker-compose.yml", "scripts", "deploy"]
    kept = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in kept.stdout.splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def engine(clone: Path) -> Iterator[Path]:
    """A folder with a `docker`; whatever it began is ended."""
    with tempfile.TemporaryDirectory(prefix="pytune-engine-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        docker = Path(folder) / "docker"
        docker.write_text(_ENGINE.format(root=ROOT, python=sys.executable, folder=folder))
        docker.chmod(0o755)
        yield Path(folder)
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(clone)
            Engine(Path(folder)).down(volumes=True)


def test_the_steps_of_the_docs_lead_from_secrets_to_a_restored_backup(
    clone: Path, engine: Path, say: Say
) -> None:
    environment = {"PATH": f"{engine}:{os.environ['PATH']}", "HOME": str(clone)}
    ended = subprocess.run(
        [*_ALONE, str(clone / "scripts" / "try_compose.sh")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    say(ended.stdout[-1500:])
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.endswith("All of it works.\n")
