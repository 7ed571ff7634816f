"""Pages are cut where a person would cut them."""

from app.answering.passages import passages_of

_LONG = "a sentence that is long enough to answer something by itself"


def texts(page: str) -> list[str]:
    return [one.text for one in passages_of(page, "page")]


def test_a_heading_is_the_title_of_what_follows() -> None:
    page = f"{_LONG}\n\n# Prices `of` calls\n\n{_LONG}\n"
    assert [one.title for one in passages_of(page, "page")] == ["page", "Prices of calls"]


def test_code_is_no_passage_whatever_blank_lines_it_holds() -> None:
    assert texts(f"```python\nfirst = 1\n\n{_LONG}\n\nlast = 2\n```\n\n<!-- {_LONG} -->\n") == []


def test_a_list_keeps_its_lines_and_what_introduces_it() -> None:
    page = "What deserves a page at three at night:\n\n- latency\n- errors, of *whatever* kind\n  - refusals\n"
    assert texts(page) == [
        "What deserves a page at three at night:\n- latency\n- errors, of whatever kind\n  - refusals"
    ]


def test_a_row_of_a_table_names_its_columns() -> None:
    page = "| alert | pages when |\n|---|---|\n| `LLMSpendSpike` | three times the usual spend |\n"
    assert texts(page) == ["- alert LLMSpendSpike, pages when three times the usual spend"]


def test_a_long_table_is_cut_between_rows() -> None:
    rows = "".join(f"| {number} | {_LONG} |\n" for number in range(30))
    found = texts(f"The numbers, as measured:\n\n| number | what |\n|---|---|\n{rows}")
    assert len(found) > 2
    assert all(len(one) < 700 and one.startswith("The numbers, as measured:\n- number") for one in found)
    assert sum(one.count("\n- number") for one in found) == 30
