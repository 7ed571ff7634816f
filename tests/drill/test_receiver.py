"""What Alertmanager sends is kept as it came."""

import json
import socket
import urllib.error
import urllib.request

import pytest

from generator.drill.receiver import SLACK, WEBHOOK, Notification, Receiver


def post(url: str, data: bytes) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, method="POST"), timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_both_shapes_are_kept_in_order() -> None:
    """The web hook's JSON, and Slack's text as people read it."""
    with Receiver() as receiver:
        assert post(receiver.webhook, json.dumps({"status": "firing", "alerts": []}).encode()) == 200
        assert (
            post(receiver.slack, json.dumps({"attachments": [{"title": "[FIRING:1] x", "text": "slow\n"}]}).encode())
            == 200
        )
        heard = receiver.heard()
    assert [one.path for one in heard] == [WEBHOOK, SLACK]
    assert heard[1].text == "[FIRING:1] x\nslow"
    assert heard[0].at <= heard[1].at
    assert receiver.heard(heard[1].at + 1) == []


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'"text"', b"\xff"])
def test_what_is_no_notification_is_refused(data: bytes) -> None:
    """And changes nothing."""
    with Receiver() as receiver:
        assert post(receiver.webhook, data) == 400
        assert post(receiver.webhook + "/elsewhere", b"{}") == 400
        assert receiver.heard() == []


def test_it_listens_on_loopback_alone_and_ends() -> None:
    """Nobody else can reach it, and afterwards nobody can."""
    with Receiver() as receiver:
        assert receiver.webhook.startswith("http://127.0.0.1:")
        port = int(receiver.webhook.split(":")[2].split("/")[0])
        own = socket.gethostbyname(socket.gethostname())
        if not own.startswith("127."):
            with pytest.raises(OSError, match=r".*"):
                socket.create_connection((own, port), timeout=1)
    with pytest.raises(OSError, match=r".*"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.parametrize("body", [{}, {"attachments": None}, {"alerts": "x"}, {"alerts": [1]}, {"attachments": [{}]}])
def test_odd_messages_read_as_nothing(body: dict[str, object]) -> None:
    """A field that is not there is no error."""
    for path in (SLACK, WEBHOOK):
        one = Notification(0.0, path, body)
        assert one.text == ""
        assert one.alerts == []
        assert not one.resolved
