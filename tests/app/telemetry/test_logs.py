"""Lines for machines whose previews people read."""

import json

import pytest
from app.telemetry.call import Call
from app.telemetry.contract import Contract
from app.telemetry.logs import Log, cut
from app.telemetry.redact import Redactor


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("abcdef", 3, "abc"),
        ("abc", 3, "abc"),
        ("cafe\u0301 au lait", 4, "caf"),
        ("ok \U0001f469\u200d\U0001f52c here", 5, "ok "),
        ("by \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 4, "by "),
        ("by \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 5, "by \U0001f1e9\U0001f1ea"),
        ("ok \U0001f44d\U0001f3fd!", 4, "ok "),
    ],
)
def test_a_preview_breaks_no_character(text: str, most: int, kept: str) -> None:
    """Accents, joined emoji, flags and skin tones stay whole or go."""
    assert cut(text, most) == kept


def test_what_no_utf8_can_hold_is_still_logged(contract: Contract) -> None:
    """Half of a surrogate pair, as some clients cut a text."""
    log = Log(contract, Redactor([]))
    call = Call(endpoint="chat", model="m", question="half \ud83d of one")
    call.answered("and \ude00", {"input": 2**70})
    for line in (log.request(call, 10**18), log.response(call, 10**18)):
        assert json.loads(line)["call_id"] == call.call_id
