"""A contract that is not there, or is none, is said in words for people."""

from pathlib import Path

import pytest
from app.telemetry.contract import Contract


def test_one_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Contract.load(tmp_path / "none.json")
    assert (
        str(caught.value)
        == f"there is no contract at {tmp_path}/none.json; `stackgen render` writes stack/app/contract.json"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{}", "KeyError: 'models'"),
        ("[]", "TypeError: list indices must be integers or slices, not str"),
    ],
)
def test_what_is_no_contract_is_said(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "contract.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="is no contract") as caught:
        Contract.load(file)
    assert str(caught.value) == f"{file} is no contract ({problem}); `stackgen render` writes it anew"
