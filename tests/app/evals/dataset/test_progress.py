"""How far a run is, for people who watch and for those who read a log."""

import io

from app.evals.dataset.asked import spread
from app.evals.dataset.progress import progress


def test_a_log_gets_five_lines() -> None:
    out = io.StringIO()
    with progress("judged", 100, out) as one:
        for _ in range(100):
            one()
    assert out.getvalue().splitlines() == [f"judged: {number} of 100" for number in (20, 40, 60, 80, 100)]


def test_nothing_to_do_says_nothing() -> None:
    out = io.StringIO()
    with progress("judged", 0, out):
        pass
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    with progress("judged", 3, out) as one:
        one()
    assert "judged" in out.getvalue()


def test_some_of_the_cases_are_from_all_over() -> None:
    assert spread(range(10), 3) == (0, 3, 6)
    assert spread(range(3), 9) == spread(range(3), None) == (0, 1, 2)
