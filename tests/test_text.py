"""Keys: what people take for the same text has the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import normalise


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Beyoncé", "beyonce"),
        ("BEYONCE\u0301", "beyonce"),
        ("  The   The ", "the the"),
        ("U2", "u2"),
        ("AC/DC", "ac dc"),
        ("Don't Stop", "dont stop"),
        ("Don’t Stop", "dont stop"),
        ("Straße", "strasse"),
        ("ＡＢＢＡ", "abba"),
        ("Björk – Jóga", "bjork joga"),
        ("Кино", "кино"),
        ("Ёлка", "елка"),
        ("a_b __c__", "a b c"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("はっぴいえんど", "はっぴいえんど"),
    ],
)
def test_case_accents_width_and_punctuation_are_ignored(text: str, key: str) -> None:
    assert normalise(text) == key


def test_marks_that_make_another_kana_are_kept() -> None:
    assert normalise("が") != normalise("か")


@pytest.mark.parametrize("text", ["???", "!!!", "´", "¨", "\u0301", "___", "…"])
def test_marks_and_punctuation_alone_still_have_a_key(text: str) -> None:
    assert normalise(text)


def test_half_a_character_is_dropped() -> None:
    assert normalise("a\ud800b") == "ab"
    assert normalise("\ud800") == ""


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.characters()))
def test_any_key_can_be_kept(text: str) -> None:
    key = normalise(text)
    assert key.encode().decode() == key
    assert "  " not in key
    assert key == key.strip()
