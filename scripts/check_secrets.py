"""Look for secrets in what git tracks: forms that keys are known by, and words that look random.

A line that means no secret says so with `no secret`.
"""

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FORMS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "a token of GitLab": r"\bglpat-[\w-]{20,}",
    "a token of Slack": r"\bxox[abeoprs]-[0-9A-Za-z-]{20,}",
    "a key of Google": r"\bAIza[\w-]{35}",
    "a key of Stripe": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "a key of a language model": r"\bsk-(?:ant-|proj-)?[\w-]{32,}",
    "a token of PyPI": r"\bpypi-AgEI[\w-]{50,}",
    "a token of npm": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
}
_FORM = re.compile("|".join(f"(?P<f{n}>{form})" for n, form in enumerate(FORMS.values())))
_NAMED = re.compile(
    r"(?i)(?:passw(?:or)?d|secret|token|api_?key|credential)\w*[\"']?\s*[:=]\s*"
    r"[\"']?(?P<word>[A-Za-z0-9+/=_-]{20,})"
)
_MEANT = "no secret"
_EXAMPLES = {"Nn0kV6r6z0Yl7aXbTQ9w3c1u"}
"""Made up for docs/api.md."""
_RANDOM_BITS = 3.7
"""Of entropy a letter: names of twenty letters have less, random words of base 64 have more."""


def found(text: str) -> Iterator[tuple[int, str]]:
    """Numbers of lines, and what is in them; the secret itself is never said again."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _MEANT in line:
            continue
        if form := _FORM.search(line):
            yield number, list(FORMS)[int((form.lastgroup or "f0")[1:])]
        elif any(_is_random(match["word"]) for match in _NAMED.finditer(line)):
            yield number, "what looks random, under the name of a secret"


def _is_random(word: str) -> bool:
    """Letters and digits mixed, with as much entropy as chance gives them."""
    if word in _EXAMPLES:
        return False
    counts = Counter(word).values()
    bits = -sum(n / len(word) * math.log2(n / len(word)) for n in counts)
    return bits > _RANDOM_BITS and any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def main(root: Path) -> int:
    words = ["git", "ls-files", "-z"]
    tracked = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
    failed = 0
    for name in filter(None, tracked.stdout.split("\0")):
        if not (root / name).is_file():
            continue
        for line, what in found((root / name).read_text(encoding="utf-8", errors="replace")):
            sys.stdout.write(f"{name}:{line}: {what}\n")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
