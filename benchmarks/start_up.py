"""Time from `pytune up` on an existing data folder to its first answer, beside importing alone.

The data folder is the demo's, with its model. The first answer is a page, /login, which needs the
database. Imported alone are the modules of the web process, with all their libraries, in an
interpreter of its own. Turn by turn.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.request import ProxyHandler, build_opener

from tests.stack.running import running

TURNS = 5
MOST_SECONDS = 3.0
"""Above importing."""
_DIRECTLY = build_opener(ProxyHandler({}))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        data = Path(folder) / "data"
        print("Setting up the demo …", flush=True)
        with running(data, "demo"):
            pass
        times = [(_to_first_answer(data), _importing()) for _ in range(TURNS)]
    started, imported = (median(each) for each in zip(*times, strict=True))
    print(f"first answer after {started:.2f} s, importing {imported:.2f} s")
    print(f"{started - imported:+.2f} s above it, at most {MOST_SECONDS:g} s")
    return int(started - imported > MOST_SECONDS)


def _to_first_answer(data: Path) -> float:
    begun = time.perf_counter()
    with running(data, "up") as up:
        with _DIRECTLY.open(f"{up.address}/login") as answer:
            answer.read()
        return time.perf_counter() - begun


def _importing() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import app.main"], check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
