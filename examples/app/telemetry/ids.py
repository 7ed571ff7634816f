"""Random ids that nobody can guess, many drawn at once: each draw from the system lets go of the interpreter lock."""

import os

_AT_ONCE = 256
_pool: list[str] = []


def take() -> str:
    """Sixteen random bytes as hexadecimal digits.

    >>> len(take())
    32
    """
    try:
        return _pool.pop()
    except IndexError:
        drawn = os.urandom(16 * _AT_ONCE).hex()
        _pool.extend(drawn[place : place + 32] for place in range(32, len(drawn), 32))
        return drawn[:32]


# A process that was forked off must not hand out its parent's.
os.register_at_fork(after_in_child=_pool.clear)
