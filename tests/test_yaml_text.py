"""What is dumped is read back as it was, by YAML 1.1's rules and by 1.2's."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from generator.spec.tree import read
from generator.yaml_text import dump


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12))
@example("51e100")
@example("4")
@example("1.5")
@example(".5e-3")
@example("true")
@example("~")
@example("no")
def test_text_stays_text(text: str) -> None:
    """Also where it looks like a number to one of them."""
    written = dump({"name": text})
    assert yaml.safe_load(written) == {"name": text}
    assert read(written, "spec.yaml").value == {"name": text}
