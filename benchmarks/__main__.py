"""Run every benchmark of this folder, each in a process of its own: `make bench`."""

import subprocess
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """0 if all of them ended well."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    if not names:
        print("There is no benchmark yet.")
    failed = [name for name in names if not _ends_well(name, arguments)]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _ends_well(name: str, arguments: list[str]) -> bool:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
