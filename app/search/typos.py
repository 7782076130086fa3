"""What somebody who made one typing error may have meant."""

from collections.abc import Iterator

SHORTEST = 4
"""Characters of a word that an error is forgiven in: of 'U2' everything is one error away."""
_LATIN = "abcdefghijklmnopqrstuvwxyz0123456789øæłđþðı"
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщъыьэюяєії"
_SHORTEST_PART = 2


def one_away(word: str) -> Iterator[str]:
    """The words at one error: a character too many, too few, another one, or two swapped.

    That is the restricted Damerau-Levenshtein distance of 1, in the letters of the word's script;
    a missing last character is left out, since beginnings of words are looked for.
    Nothing for short words, and for scripts of which we know no letters.
    """
    letters = _letters(word)
    if len(word) < SHORTEST or not letters:
        return
    for at in range(len(word)):
        before, here, behind = word[:at], word[at], word[at + 1 :]
        yield before + behind
        if behind and here != behind[0]:
            yield before + behind[0] + here + behind[1:]
        for letter in letters:
            yield before + letter + here + behind
            if letter != here:
                yield before + letter + behind


def split_in_two(word: str) -> Iterator[tuple[str, str]]:
    """Where a blank may have been left out, as in 'acdc'."""
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        yield word[:at], word[at:]


def _letters(word: str) -> str:
    return next(
        (letters for letters in (_LATIN, _CYRILLIC, _GREEK) if any(c in letters for c in word)), ""
    )
