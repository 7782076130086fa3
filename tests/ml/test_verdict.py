import pytest

from app.ml.bootstrap import Interval
from app.ml.verdict import Check, Compared, sentence


def check(name: str, *, passed: bool) -> Check:
    return Check(name, passed, f"{name} was looked at")


def said(*checks: Check, listeners: int = 1860) -> str:
    return sentence(checks, listeners, role="as a test", otherwise="Nothing changes.")


def test_gains_are_told_as_shares_of_the_others_figure() -> None:
    compared = Compared("the champion", 0.22, 0.2, Interval(0.02, 0.01, 0.031))
    assert compared.text("NDCG@20") == (
        "NDCG@20 is 0.2200 against 0.2000 of the champion (+10.0%, 95% interval +5.0% to +15.5%)"
    )


def test_of_nothing_there_are_no_shares() -> None:
    compared = Compared("popularity", 0.1, 0.0, Interval(0.1, -0.02, 0.12))
    assert "(+0.1000, 95% interval -0.0200 to +0.1200)" in compared.text("NDCG@20")


def test_figures_unknown_are_none_in_json() -> None:
    found = Compared("popularity", 0.1, float("nan"), Interval(0.1)).as_json()
    assert found == {
        "challenger": 0.1,
        "other": None,
        "gain": {"mean": 0.1, "low": None, "high": None},
    }


def test_a_promotion_gives_its_first_reason() -> None:
    found = said(check("one", passed=True), check("two", passed=True))
    assert found == "Promoted as a test, over 1,860 listeners: one was looked at."


def test_a_refusal_gives_what_failed_and_what_follows() -> None:
    found = said(check("one", passed=True), check("two", passed=False), listeners=1)
    assert found == "Not promoted, over 1 listener: two was looked at. Nothing changes."


@pytest.mark.parametrize(("failures", "end"), [(3, "c was looked at."), (5, "; and 2 more.")])
def test_a_refusal_names_three_failures_at_most(failures: int, end: str) -> None:
    found = said(*(check(name, passed=False) for name in "abcde"[:failures]))
    assert found.endswith(f"c was looked at{end.removeprefix('c was looked at')} Nothing changes.")
