"""One person's round of labels: what is shown, in which order, and what becomes of a choice."""

import threading
from collections.abc import Sequence
from typing import Any

from app.evals.judge.rubric import text_of, version_of
from app.evals.settings import Dimension
from app.evals.store import Row, Store


class Session:
    """Answers by their place in the round; a place tells nothing of the model or of what the judge said.

    Choices are written at once. Methods may be called from any thread and raise StoreError.
    """

    def __init__(self, store: Store, dimension: Dimension, by: str, count: int) -> None:
        self._store, self._dimension, self._by = store, dimension, by
        self._rubric = version_of(dimension)
        self._rows: Sequence[Row] = store.to_label(
            dimension.name, count, f"{by}/{dimension.name}", by=by, rubric=self._rubric
        )
        self._said: dict[int, str] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def labelled(self) -> int:
        """How many have a label by now."""
        return len(self._said)

    def shown(self) -> dict[str, Any]:
        """All that the page is told. Neither the judge's verdict nor any name of a model, call or provider is part of it."""
        one = self._dimension
        return {
            "dimension": one.name,
            "by": self._by,
            "rubric": text_of(one),
            "scale": one.scale,
            "threshold": one.threshold,
            "items": [
                {
                    "question": row.item.question,
                    # A matter of taste is judged without passages, so people do without, too.
                    "passages": [] if one.taste else list(row.item.passages),
                    "answer": row.item.answer,
                    "said": self._said.get(place),
                }
                for place, row in enumerate(self._rows)
            ],
        }

    def choose(self, place: Any, choice: Any) -> str:
        """Keep `pass`, `fail` or a score, and say which of the two it is. Raises ValueError for anything else."""
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(self._rows):
            raise ValueError(f"there is no answer {place!r} in this round")
        label = self._label(choice)
        with self._lock:
            call_id = self._rows[place].item.call_id
            self._store.label(call_id, self._dimension.name, self._rubric, label, self._by)
            self._said[place] = label
        return label

    def _label(self, choice: Any) -> str:
        scale, threshold = self._dimension.scale, self._dimension.threshold
        if scale == 2:
            if choice in ("pass", "fail"):  # a tuple: what a browser sends need not be hashable
                return str(choice)
            raise ValueError(f"a choice is pass or fail, not {choice!r}")
        if isinstance(choice, bool) or not isinstance(choice, int) or not 1 <= choice <= scale:
            raise ValueError(f"a choice is a score from 1 to {scale}, not {choice!r}")
        return "pass" if choice >= threshold else "fail"
