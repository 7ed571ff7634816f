"""Which regular expressions a spec may hold: those that Python and RE2 read alike, and that no text can make slow.

Python runs them in the application, RE2 in the Collector. Python looks for a way to match by trying; so every repeat has an end, and the ways
that a pattern can match in are counted.
"""

import re
import warnings

from generator.spec.pattern_reader import LONGEST_MATCH, MOST_WAYS, PatternError, Reader

ALLOWED = r"characters, . \d \w \s \b [...] (...) (?:...) (?i) | ? {n} {n,m} ^ $"
"""For people."""
LONGEST_PATTERN = 200


def check(pattern: str) -> str:
    """The pattern unchanged. Raises PatternError."""
    if not pattern:
        raise PatternError("an empty pattern", 0, 1, "say what is to be hidden")
    if len(pattern) > LONGEST_PATTERN:
        fix = f"shorten it to {LONGEST_PATTERN}, or make two of it"
        raise PatternError(f"{len(pattern)} characters are too many", 0, len(pattern), fix)
    for at, char in enumerate(pattern):
        if not char.isprintable():
            fix = rf"write \x{ord(char):02X}" if char.isascii() else "leave it out"
            raise PatternError(f"U+{ord(char):04X} cannot be seen", at, 1, fix)
    shape = Reader(pattern).whole()
    try:
        with warnings.catch_warnings(action="error"):
            re.compile(pattern, re.ASCII)
    except (re.error, FutureWarning) as error:
        at = getattr(error, "pos", None) or 0
        said = getattr(error, "msg", "a set that is read in two ways")
        raise PatternError(f"not a regular expression: {said}", at, 1, "correct it") from error
    if not shape.shortest:
        raise PatternError("matches the empty text", 0, len(pattern), "make a part of it necessary")
    if shape.longest > LONGEST_MATCH:
        fix = f"make it at most {LONGEST_MATCH}"
        raise PatternError(f"can match {shape.longest} characters", 0, len(pattern), fix)
    if shape.ways > MOST_WAYS:
        fix = "narrow its repeats, or say more exactly what stands between them"
        raise PatternError(f"can be tried in more than {MOST_WAYS} ways at each place", 0, len(pattern), fix)
    return pattern
