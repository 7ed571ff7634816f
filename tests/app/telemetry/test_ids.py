"""Ids are nobody else's: not another call's, not another process's."""

import os

from app.telemetry import ids


def test_ids_are_all_different() -> None:
    """And thirty-two hexadecimal digits, over many draws from the system."""
    drawn = [ids.take() for _number in range(2000)]
    assert len(set(drawn)) == len(drawn)
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in drawn)


def test_a_forked_process_draws_its_own() -> None:
    """Not the ones that its parent had drawn ahead."""
    ids.take()
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(send, ids.take().encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(receive, 32).decode()
    os.close(receive)
    os.close(send)
    assert theirs not in {ids.take() for _number in range(300)}
