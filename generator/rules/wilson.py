"""Wilson's interval of a share in PromQL: what a pass rate surely is not above, or not below.

E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927): it holds for few verdicts
and for shares near 0 and 1, where the normal approximation does not.
"""

from generator.promql import number


def upper(rate: str, n: str, z: float) -> str:
    """The upper end, `z` standard deviations away; `n` must be above zero wherever it is there."""
    return _end(rate, n, z, "+")


def lower(rate: str, n: str, z: float) -> str:
    """The lower end."""
    return _end(rate, n, z, "-")


def _end(rate: str, n: str, z: float, sign: str) -> str:
    z2 = z * z
    spread = f"sqrt({rate} * (1 - {rate}) / {n} + {number(z2 / 4)} / ({n} * {n} > 0))"
    return f"({rate} + {number(z2 / 2)} / {n} {sign} {number(z)} * {spread})\n/\n(1 + {number(z2)} / {n} > 0)"
