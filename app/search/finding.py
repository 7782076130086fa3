"""Answer a search from an index: whole names first, then by how well known things are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import Self

import numpy as np

from app.search.index import Ranks, WordIndex, each_once
from app.search.typos import SHORTEST, one_away, split_in_two
from app.search.words import MAX_TEXT, beginnings_of
from app.text import normalise

_WINDOW, _GROWTH = 4096, 8
"""Ranks that are looked through first, and how much further each time that they did not do."""
_FAR_LONGER = 8
_NONE = np.empty(0, np.int32)


class Likeness(IntEnum):
    """How what was found is like what was asked for; the first comes first."""

    CALLED_SO = 0
    HAS_THE_WORDS = 1


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands among what was found; the next page begins behind it."""

    likeness: int
    less_known: int
    """How well known it is, negated."""
    id: int

    @property
    def known(self) -> int:
        return -self.less_known


Wanted = list[list[Ranks]]
"""For each word the lists of documents, one of which a document must be in."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a text asks for."""

    name: str
    """The whole of it, normalised."""
    words: list[str]

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(normalise(text[:MAX_TEXT]), beginnings_of(text))


def find(
    indexes: Sequence[WordIndex], question: Question, first: int, after: Place | None = None
) -> list[Place]:
    """The first documents behind a place, of all indexes together.

    Where none has every word, those that have them but for one typing error.
    """
    found = _merged((_found(index, question, first, after) for index in indexes), first)
    if found or (after is not None and _any(indexes, question)):
        return found
    meant = (_forgiven(index, question, first, after) for index in indexes)
    return _merged(meant, first)


def count(indexes: Sequence[WordIndex], question: Question) -> int:
    """How many documents there are to be found."""
    exact = sum(_all(index, question).size for index in indexes)
    return exact or sum(_all_forgiven(index, question).size for index in indexes)


def _merged(parts: Iterable[list[Place]], first: int) -> list[Place]:
    return sorted(place for part in parts for place in part)[:first]


def _any(indexes: Sequence[WordIndex], question: Question) -> bool:
    return any(_found(index, question, 1, None) for index in indexes)


def _found(index: WordIndex, question: Question, first: int, after: Place | None) -> list[Place]:
    called = _shown(index, index.called(question.name))
    places: list[Place] = []
    if after is None or after.likeness == Likeness.CALLED_SO:
        start = 0 if after is None else index.behind(after.known, after.id)
        mine = called[np.searchsorted(called, start) :]
        places = _places(index, mine[:first], Likeness.CALLED_SO)
        after = None
    start = 0 if after is None else index.behind(after.known, after.id)
    wanted = [[index.beginning(word)] for word in question.words]
    rest = _first_of(index, wanted, first - len(places), start, without=called)
    return places + _places(index, rest, Likeness.HAS_THE_WORDS)


def _forgiven(index: WordIndex, question: Question, first: int, after: Place | None) -> list[Place]:
    start = 0 if after is None else index.behind(after.known, after.id)
    found = [_first_of(index, wanted, first, start) for wanted in _meant(index, question.words)]
    together = each_once(np.concatenate([*found, _NONE]))[:first]
    return _places(index, together, Likeness.HAS_THE_WORDS)


def _all(index: WordIndex, question: Question) -> Ranks:
    wanted = [[index.beginning(word)] for word in question.words]
    found = _first_of(index, wanted, len(index), 0)
    return each_once(np.concatenate([found, _shown(index, index.called(question.name))]))


def _all_forgiven(index: WordIndex, question: Question) -> Ranks:
    found = [_first_of(index, wanted, len(index), 0) for wanted in _meant(index, question.words)]
    return each_once(np.concatenate([*found, _NONE]))


def _meant(index: WordIndex, words: list[str]) -> Iterator[Wanted]:
    """What the words mean if one of them, or the blank between two, is a typing error."""
    lists = [index.beginning(word) for word in words]
    unknown = [at for at, found in enumerate(lists) if not found.size]
    for at, word in enumerate(words):
        others = [[found] for place, found in enumerate(lists) if place != at]
        # One error cannot mend two words that nothing begins with.
        if len(word) >= SHORTEST and set(unknown) <= {at}:
            if near := _near(index, word):
                yield [*others, near]
            for left, right in split_in_two(word):
                if index.has_word(left) and index.has(right):
                    yield [*others, [index.beginning(left)], [index.beginning(right)]]
    for at, (left, right) in enumerate(pairwise(words)):
        others = [[found] for place, found in enumerate(lists) if place not in {at, at + 1}]
        if set(unknown) <= {at, at + 1} and index.has(left + right):
            yield [*others, [index.beginning(left + right)]]


def _near(index: WordIndex, word: str) -> list[Ranks]:
    """Documents with a word that begins like this one but for one error."""
    near = {other for other in one_away(word) if index.has(other)}
    # What begins like a shorter one of them is in its list already.
    lists = [index.beginning(o) for o in near if not any(o[:n] in near for n in range(1, len(o)))]
    rare = [found for found in lists if found.size <= _WINDOW]
    often = [found for found in lists if found.size > _WINDOW]
    return [*often, each_once(np.concatenate(rare))] if rare else often


def _first_of(
    index: WordIndex, wanted: Wanted, first: int, start: int, without: Ranks = _NONE
) -> Ranks:
    """The first ranks from `start` on that are in a list of each word, and shown."""
    shortest = min((sum(found.size for found in lists) for lists in wanted), default=0)
    if first <= 0 or not shortest:
        return _NONE
    found: list[Ranks] = []
    missing, low = first, start
    width = len(index) if shortest <= _WINDOW else max(_WINDOW, 2 * first)
    while missing > 0 and low < len(index):
        part = _common([[_cut(ranks, low, low + width) for ranks in lists] for lists in wanted])
        part = _shown(index, part[~np.isin(part, without)] if without.size else part)
        found.append(part[:missing])
        missing -= found[-1].size
        low, width = low + width, width * _GROWTH
    return np.concatenate([*found, _NONE])


def _cut(ranks: Ranks, low: int, high: int) -> Ranks:
    begin, end = np.searchsorted(ranks, [low, high])
    return ranks[begin:end]


def _common(wanted: Wanted) -> Ranks:
    """Ranks that are in a list of each word."""
    each = [lists[0] if len(lists) == 1 else each_once(np.concatenate(lists)) for lists in wanted]
    each.sort(key=len)
    common = each[0]
    for ranks in each[1:]:
        common = _in_both(common, ranks)
    return common


def _in_both(few: Ranks, many: Ranks) -> Ranks:
    """The ranks of the shorter list that are in the longer one."""
    if not few.size or not many.size:
        return _NONE
    if many.size > _FAR_LONGER * few.size:
        at = np.minimum(np.searchsorted(many, few), many.size - 1)
        return np.compress(many[at] == few, few)
    low = int(min(few[0], many[0]))
    there = np.zeros(int(max(few[-1], many[-1])) - low + 1, bool)
    there[many - low] = True
    return np.compress(there[few - low], few)


def _shown(index: WordIndex, ranks: Ranks) -> Ranks:
    if not index.hidden or not ranks.size:
        return ranks
    hidden = np.fromiter(index.hidden, np.int32, len(index.hidden))
    return ranks[~np.isin(ranks, hidden)]


def _places(index: WordIndex, ranks: Ranks, likeness: Likeness) -> list[Place]:
    less_known, ids = index.less_known[ranks].tolist(), index.ids[ranks].tolist()
    return [Place(likeness, *one) for one in zip(less_known, ids, strict=True)]


def without(index: WordIndex, ids: Iterable[int]) -> WordIndex:
    """The index with documents hidden."""
    gone = np.flatnonzero(np.isin(index.ids, list(ids)))
    return replace(index, hidden=frozenset(gone.tolist()))
