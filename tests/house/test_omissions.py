"""A machine that lacks something leaves tests out in the open, or fails where all are demanded."""

import pytest

_TESTS = """
    import pytest

    @pytest.mark.mariadb
    def test_one():
        raise AssertionError("must not run")

    @pytest.mark.browser
    @pytest.mark.parametrize("number", [1, 2])
    def test_two(number):
        raise AssertionError("must not run")

    def test_three():
        pass
"""


@pytest.fixture
def bare_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """No program is found, and tests wait that need some."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("PYTUNE_TEST_ALL", raising=False)
    pytester.makepyfile(_TESTS)
    return pytester


def test_what_is_left_out_is_said_with_its_cure(bare_machine: pytest.Pytester) -> None:
    result = bare_machine.runpytest("-p", "tests.omissions")
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "*left out*",
            "1 tests, as a MariaDB server (mariadbd) is missing: apt-get install mariadb-server",
            "    1 in test_what_is_left_out_is_said_with_its_cure.py",
            "2 tests, as Chromium * is missing: apt-get install chromium",
        ]
    )


def test_what_is_demanded_fails(
    bare_machine: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTUNE_TEST_ALL", "1")
    result = bare_machine.runpytest("-p", "tests.omissions")
    result.assert_outcomes(passed=1, errors=3)
    result.stdout.fnmatch_lines(["*apt-get install mariadb-server*"])


def test_a_run_that_leaves_nothing_out_says_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest("-p", "tests.omissions")
    result.stdout.no_fnmatch_line("*left out*")
