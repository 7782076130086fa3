"""An index of words in memory: names by the beginnings of their words, the best known first.

Documents are numbered by rank, the best known is 0, and each word has its documents in the order
of their ranks. So the first of a list are the answer, and the rest is hardly looked at.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from app.search.words import words_of

Ranks = NDArray[np.int32]
"""Ascending, each once."""

_MANY = 8192
"""Documents of one beginning from which on its list is kept ready."""
_LAST = "\U0010ffff"


class Document(NamedTuple):
    """Something with names."""

    id: int
    known: int
    key: str
    """Everything it is found by, normalised."""
    names: Sequence[str]
    """What it is called as a whole, normalised: who asks for that wants it first."""


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Immutable but for `hidden`; of n documents, w words and p pairs of both."""

    ids: NDArray[np.int64]
    """(n,) by rank."""
    less_known: NDArray[np.int64]
    """(n,) how well known each is, negated and so ascending."""
    words: list[str]
    """(w,) in the order of their characters."""
    starts: NDArray[np.int64]
    """(w + 1,) where each word's documents begin in `postings`."""
    postings: Ranks
    """(p,)"""
    frequent: dict[str, Ranks]
    """Of beginnings that very many have."""
    names: NDArray[np.int64]
    """Hashes of whole names, ascending."""
    named: Ranks
    """Whose names they are."""
    hidden: frozenset[int] = field(default_factory=frozenset)
    """Ranks of documents that are gone, or are held elsewhere by now."""

    @classmethod
    def of(cls, documents: Iterable[Sequence[Document]]) -> Self:
        """From documents in any order, some at a time."""
        ids, known, places, owners, names, named = _read(documents)
        order = np.lexsort((ids, -known))
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        words, starts, postings = _posted(places.words, places.numbers, rank[owners])
        by_name = np.argsort(names, kind="stable")
        frequent = dict(_frequent(words, starts, postings, len(order)))
        return cls(
            ids[order],
            -known[order],
            words,
            starts,
            postings,
            frequent,
            names[by_name],
            rank[named][by_name],
        )

    def __len__(self) -> int:
        return len(self.ids)

    def beginning(self, beginning: str) -> Ranks:
        """Documents with a word that begins so."""
        ready = self.frequent.get(beginning)
        if ready is not None:
            return ready
        low = bisect_left(self.words, beginning)
        high = bisect_left(self.words, beginning + _LAST, low)
        found = self.postings[self.starts[low] : self.starts[high]]
        return found if high - low <= 1 else each_once(found)

    def has(self, beginning: str) -> bool:
        """Whether a word begins so."""
        at = bisect_left(self.words, beginning)
        return at < len(self.words) and self.words[at].startswith(beginning)

    def has_word(self, word: str) -> bool:
        at = bisect_left(self.words, word)
        return at < len(self.words) and self.words[at] == word

    def called(self, name: str) -> Ranks:
        """Documents of exactly that name."""
        wanted = np.int64(hash(name))
        low, high = (int(np.searchsorted(self.names, wanted, side)) for side in ("left", "right"))
        return each_once(self.named[low:high])

    def behind(self, known: int, document_id: int) -> int:
        """The rank from which on documents are less known, or as known with a greater id."""
        low = int(np.searchsorted(self.less_known, -known))
        high = int(np.searchsorted(self.less_known, -known, "right"))
        return low + int(np.searchsorted(self.ids[low:high], document_id, "right"))


def each_once(values: NDArray[Any]) -> NDArray[Any]:
    """The values in order. `numpy.unique` hashes them first, which takes twice as long or more."""
    ordered: NDArray[Any] = np.sort(values)
    first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return np.compress(first, ordered)


@dataclass(slots=True)
class _Places:
    """Which word is where."""

    words: list[str]
    numbers: NDArray[np.int32]


def _read(documents: Iterable[Sequence[Document]]) -> tuple[Any, ...]:
    """Columns of the documents, and a row for each of their words and names."""
    number: defaultdict[str, int] = defaultdict(count().__next__)
    ids, known, words, lengths, names, named = ([] for _ in range(6))
    total = 0
    for some in documents:
        split = [words_of(document.key) for document in some]
        # What a million documents go through is looped over by the interpreter's own code.
        words.append(np.fromiter(map(number.__getitem__, chain.from_iterable(split)), np.int32))
        lengths.append(np.fromiter(map(len, split), np.int32, len(split)))
        ids.append(np.fromiter((document.id for document in some), np.int64, len(some)))
        known.append(np.fromiter((document.known for document in some), np.int64, len(some)))
        hashes = [[hash(name) for name in document.names] for document in some]
        counts = np.fromiter(map(len, hashes), np.int32, len(hashes))
        names.append(np.fromiter(chain.from_iterable(hashes), np.int64))
        named.append(np.repeat(np.arange(total, total + len(some), dtype=np.int32), counts))
        total += len(some)
    owners = np.repeat(np.arange(total, dtype=np.int32), _joined(lengths, np.int32))
    places = _Places(list(number), _joined(words, np.int32))
    columns = (_joined(part, np.int64) for part in (ids, known))
    return *columns, places, owners, _joined(names, np.int64), _joined(named, np.int32)


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, kind)


def _posted(
    words: list[str], numbers: Any, ranks: Any
) -> tuple[list[str], NDArray[np.int64], Ranks]:
    """Words in order, and the ranks of each in order."""
    order = sorted(range(len(words)), key=words.__getitem__)
    place = np.empty(len(words), np.int64)
    place[order] = np.arange(len(words))
    # One number for each pair of word and document: sorting it sorts both.
    pairs = each_once((place[numbers] << 32) | ranks)
    starts = np.searchsorted(pairs, np.arange(len(words) + 1, dtype=np.int64) << 32)
    return [words[at] for at in order], starts, (pairs & 0xFFFFFFFF).astype(np.int32)


def _frequent(
    words: list[str], starts: Any, postings: Ranks, size: int
) -> Iterator[tuple[str, Ranks]]:
    """The lists of beginnings that more than _MANY places have, with more than one word."""
    waiting = [("", 0, len(words))]
    there = np.zeros(size, bool)
    while waiting:
        beginning, low, high = waiting.pop()
        if high - low < 2 or starts[high] - starts[low] <= _MANY:  # noqa: PLR2004  one is sorted
            continue
        if beginning:
            there[:] = False
            there[postings[starts[low] : starts[high]]] = True
            yield beginning, np.flatnonzero(there).astype(np.int32)
        waiting += _children(words, beginning, low, high)


def _children(
    words: list[str], beginning: str, low: int, high: int
) -> Iterator[tuple[str, int, int]]:
    """The beginnings that are one character longer."""
    at, length = low, len(beginning) + 1
    while at < high:
        longer = words[at][:length]
        if len(longer) < length:  # the beginning itself is a word
            at += 1
            continue
        end = bisect_left(words, longer + _LAST, at, high)
        yield longer, at, end
        at = end
