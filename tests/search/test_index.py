"""The index against a plain search of every document."""

from hypothesis import given
from hypothesis import strategies as st

from app.search import index as index_file
from app.search.finding import Place, Question, count, find, without
from app.search.index import Document, WordIndex
from app.search.typos import one_away, split_in_two
from app.search.words import beginnings_of, words_of

WORDS = st.text("abcд夏な", min_size=1, max_size=5)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
KNOWN = st.integers(0, 3)
DOCUMENTS = st.lists(st.tuples(NAMES, NAMES, KNOWN), max_size=30)


def _documents(rows: list[tuple[str, str, int]], begin: int = 1) -> list[Document]:
    return [
        Document(number, known, f" {title} {artist}", (title, artist))
        for number, (title, artist, known) in enumerate(rows, begin)
    ]


def _plainly(documents: list[Document], question: Question) -> list[Place]:
    found = []
    for document in documents:
        words = words_of(document.key)
        has_all = all(any(word.startswith(w) for word in words) for w in question.words)
        if question.name in document.names:
            found.append(Place(0, -document.known, document.id))
        elif has_all:
            found.append(Place(1, -document.known, document.id))
    return sorted(found)


@given(DOCUMENTS, DOCUMENTS, NAMES, st.integers(1, 7))
def test_pages_hold_what_a_plain_search_finds(
    rows: list[tuple[str, str, int]],
    later: list[tuple[str, str, int]],
    text: str,
    first: int,
) -> None:
    question = Question.of(text)
    documents, others = _documents(rows), _documents(later, 1000)
    indexes = [WordIndex.of([documents[:7], documents[7:]]), WordIndex.of([others])]
    expected = _plainly(documents + others, question)
    if not expected:
        return
    assert count(indexes, question) == len(expected)
    paged: list[Place] = []
    while page := find(indexes, question, first, paged[-1] if paged else None):
        paged += page
    assert paged == expected


@given(DOCUMENTS, NAMES, st.sets(st.integers(1, 30)))
def test_hidden_documents_are_not_found(
    rows: list[tuple[str, str, int]], text: str, gone: set[int]
) -> None:
    documents = _documents(rows)
    indexes = [without(WordIndex.of([documents]), gone)]
    question = Question.of(text)
    left = [document for document in documents if document.id not in gone]
    expected = _plainly(left, question)
    found = find(indexes, question, 50)
    assert not {place.id for place in found} & gone
    if expected:
        assert found == expected
        assert count(indexes, question) == len(expected)


def test_what_very_many_have_is_found_the_same(monkeypatch: object) -> None:
    many = [(f"w{n % 7} song", f"band{n % 13}", n % 50) for n in range(20_000)]
    documents = _documents(many)
    index = WordIndex.of([documents])
    assert {"w", "ba", "band"} <= set(index.frequent)
    assert len(index.beginning("w")) > index_file._MANY
    for text in ("w", "w3", "so b", "band1 w2", "w3 band12 song", "w8"):
        question = Question.of(text)
        expected = _plainly(documents, question)
        assert find([index], question, 30) == expected[:30]
        assert count([index], question) == len(expected)
        if len(expected) > 200:
            assert find([index], question, 30, expected[150]) == expected[151:181]


@given(st.text("abc", min_size=4, max_size=6), st.data())
def test_every_single_error_is_forgiven(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + "x" + word[at:],
                word[:at] + "x" + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )
    if len(wrong) >= 4 and wrong != word:
        assert word in set(one_away(wrong))


def test_short_words_and_unknown_letters_are_left_alone() -> None:
    assert list(one_away("abc")) == []
    assert list(one_away("夏なんです")) == []
    assert list(split_in_two("acdc")) == [("ac", "dc")]


def test_scripts_without_blanks_are_cut_into_pairs() -> None:
    assert list(words_of("夏なん live")) == ["夏な", "なん", "ん", "live"]
    assert beginnings_of("なん Live") == ["なん", "live"]
    assert beginnings_of("x夏y") == ["x", "夏", "y"]
    assert beginnings_of("夏なん") == ["夏な", "なん"]


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = WordIndex.of([])
    assert find([empty], Question.of("anything"), 5) == []
    assert count([empty], Question.of("any thing")) == 0
