"""Rubrics: what a judge is asked to look for in one dimension, and the version that says when two verdicts are comparable.

Those in `../rubrics/` are forms to fill in, step by step, as G-Eval's are (Liu et al., 2023, https://arxiv.org/abs/2303.16634), and say what does not
matter: judges prefer what is longer (verbosity bias) and what is like their own (self-enhancement; Zheng et al., 2023,
https://arxiv.org/abs/2306.05685).
"""

import functools
import hashlib
from pathlib import Path

from app.evals.judge.template import SYSTEM, USER, instructions
from app.evals.settings import Dimension

FOLDER = Path(__file__).parent.parent / "rubrics"


def text_of(dimension: Dimension) -> str:
    """The dimension's own rubric, or the built-in one of its name. Raises ValueError where there is neither, and says what there is."""
    return dimension.rubric.strip() or _built_in(dimension.name)


@functools.lru_cache(100)
def version_of(dimension: Dimension) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of all that decides a verdict beside the judge and the answer.

    That is the rubric, the templates of the prompt, the scale and the threshold. Raises ValueError as `text_of` does.
    """
    parts = (text_of(dimension), SYSTEM, USER, instructions(dimension.scale), str(dimension.threshold))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def built_in() -> list[str]:
    """The names of dimensions that need no rubric of their own."""
    return sorted(page.stem for page in FOLDER.glob("*.md"))


@functools.lru_cache(100)
def _built_in(name: str) -> str:
    if name not in built_in():
        raise ValueError(
            f"no rubric for the dimension {name!r}: give it one (`rubric:` in spec.yaml), or use one of {', '.join(built_in())}"
        )
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
