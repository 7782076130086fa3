"""The image, made by hand: the Dockerfile's files and steps below a folder that becomes a root.

A process in it sees the system's libraries, what the Dockerfile copies and installs, /data and
/tmp. All but the last two is read-only, and it has a container's user, rights and environment. One
thing is done otherwise: the locked requirements are not fetched, those of this environment are
linked in.
"""

import json
import re
import shlex
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Self

import numpy as np
from packaging.requirements import Requirement

from tests.deploy.test_dockerfile import DOCKERFILE, ROOT, _copied
from tests.omissions import can_mount

USER = "10001"
_JOINED = DOCKERFILE.replace("\\\n", " ")
_PLACE = Path("/opt/pytune")
_PACKAGES = Path(sysconfig.get_path("purelib"))
_SYSTEM = [Path("/") / name for name in ("bin", "sbin", "lib", "lib64", "usr", "etc")]
_DEVICES = ("dev", "proc", "sys")
_BUILDING = "/usr/local/bin:/usr/bin:/bin"
_WITHOUT_RIGHTS = (
    *("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"),
    *("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"),
)


class Image:
    """Below a folder that everybody may pass through; each of its processes is a container."""

    def __init__(self, root: Path) -> None:
        self.root = root
        base = Path(sys.base_prefix)
        elsewhere = [] if base.is_relative_to("/usr") else [base]
        self._system = [*(each for each in _SYSTEM if _is_folder(each)), *elsewhere]

    def build(self) -> Self:
        """As the Dockerfile says."""
        for name in ("opt/pytune", "data", "tmp", "run", "packages", "build", *_DEVICES):
            (self.root / name).mkdir(parents=True)
        for each in self._system:
            self._within(each).mkdir(parents=True)
        for each in (each for each in _SYSTEM if each.is_symlink()):
            self._within(each).symlink_to(each.readlink())
        user = f"pytune:x:{USER}:{USER}::/data:/usr/sbin/nologin\n"
        (self.root / "passwd").write_text(Path("/etc/passwd").read_text() + user)
        shutil.chown(self.root / "data", int(USER), int(USER))
        (self.root / "data").chmod(0o700)
        self._build()
        return self

    def _within(self, path: Path) -> Path:
        return self.root / path.relative_to("/")

    def _build(self) -> None:
        """The first stage, step by step."""
        _copy(_copied(), self._within(_PLACE))
        for name, words in (("python", ""), ("pip", " /packages/pip")):
            tool = self.root / "build" / name
            tool.write_text(f'#!/bin/sh\nexec {_base_python()}{words} "$@"\n')
            tool.chmod(0o755)
        environment, requirements, own = _runs()[:3]
        assert "--require-hashes -r requirements/runtime.txt" in requirements
        self._run(environment)
        _link_requirements(next((self.root / "opt/venv/lib").glob("python3*/site-packages")))
        self._run(own)

    def _run(self, line: str) -> None:
        """As root, with the root writable, as builders do."""
        path = f"/build:{_BUILDING}"
        words = ["env", "-i", f"--chdir={_PLACE}", f"PATH={path}", "PIP_NO_INDEX=1"]
        command = self._entered([*words, "sh", "-ec", line], {}, writable=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"

    def container(
        self, command: Sequence[str], environment: Mapping[str, str], mounts: Mapping[str, Path]
    ) -> list[str]:
        """What runs the command as a container's only process.

        `mounts` gives, by their place in it, further files and folders that it may read.
        """
        given = {**_environment(), "HOME": "/data", **environment}
        variables = [f"{name}={value}" for name, value in given.items()]
        words = [*_WITHOUT_RIGHTS, "env", "-i", "--chdir=/data", *variables, *command]
        return self._entered(words, mounts, writable=False)

    def _entered(
        self, words: Sequence[str], mounts: Mapping[str, Path], *, writable: bool
    ) -> list[str]:
        """In mounts of its own, which end with the process; it keeps its number throughout."""
        script = "\n".join(
            ["set -e", *self._mounts(mounts, writable=writable), f'exec chroot {self.root} "$@"']
        )
        return ["unshare", "--mount", "sh", "-c", script, "sh", *words]

    def _mounts(self, mounts: Mapping[str, Path], *, writable: bool) -> Iterator[str]:
        root = self.root
        for place, source in mounts.items():
            target = self._within(Path(place))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir(exist_ok=True) if source.is_dir() else target.touch()
        yield f"mount --bind {root} {root}"
        for each in self._system:
            yield f"mount -o bind,ro {each} {root}{each}"
        for name in _DEVICES:
            yield f"mount --rbind /{name} {root}/{name}"
        yield f"mount -o bind,ro {_PACKAGES} {root}/packages"
        yield f"mount --bind {root}/passwd {root}/etc/passwd"
        yield f"mount --bind {root}/data {root}/data"
        yield f"mount -t tmpfs tmpfs {root}/tmp"
        for place, source in mounts.items():
            yield f"mount -o bind,ro {source} {root}{place}"
        if not writable:
            yield f"mount -o remount,bind,ro {root}"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


@cache
def can_be_run() -> bool:
    """Whether this machine lets us do all that a container needs: tried once."""
    if not (can_mount() and shutil.which("unshare") and shutil.which(_WITHOUT_RIGHTS[0])):
        return False
    rights = " ".join(_WITHOUT_RIGHTS)
    script = f"""mount --rbind /dev /dev && mount -o bind,ro {_PACKAGES} {_PACKAGES} &&
        mount --bind / / && mount -o remount,bind,ro / && exec chroot / {rights} true"""
    tried = subprocess.run(["unshare", "--mount", "sh", "-c", script], check=False)
    return tried.returncode == 0 and bool(Path(np.__file__).stat().st_mode & stat.S_IROTH)


def words_of(instruction: str) -> list[str]:
    """Of the Dockerfile's last ENTRYPOINT or HEALTHCHECK, which are lists in JSON."""
    found = re.findall(rf"^{instruction}\b.*?(\[.+\])$", _JOINED, re.MULTILINE)
    words: list[str] = json.loads(found[-1])
    return words


def _runs() -> list[str]:
    return re.findall(r"^RUN (.+)$", _JOINED, re.MULTILINE)


def _environment() -> dict[str, str]:
    """Of the last stage."""
    lines = re.findall(r"^ENV (.+)$", _JOINED.rpartition("\nFROM ")[2], re.MULTILINE)
    pairs = (word.partition("=") for line in lines for word in shlex.split(line))
    return {name: value.replace("$PATH", _BUILDING) for name, _, value in pairs}


def _copy(sources: Iterable[str], into: Path) -> None:
    """Only what git has, as in a clone of somebody who lets nobody else read their files."""
    listed = ["git", "ls-files", *sources]
    kept = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in kept.stdout.splitlines():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, into / name)
    for path in into.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _base_python() -> str:
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


def _link_requirements(folder: Path) -> None:
    """What the image installs, and nothing that only developers have."""
    lines = (ROOT / "requirements" / "runtime.txt").read_text().splitlines()
    pinned = (Requirement(line.rstrip(" \\")) for line in lines if line and line[0].isalpha())
    wanted = [each.name for each in pinned if each.marker is None or each.marker.evaluate()]
    files = [file for name in wanted for file in distribution(name).files or ()]
    for top in sorted({file.parts[0] for file in files} - {"..", "__pycache__"}):
        (folder / top).symlink_to(f"/packages/{top}")
