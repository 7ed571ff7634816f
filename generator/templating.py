"""Fill the templates: `[[ ]]` and `[% %]`, so that `{{ }}` of Prometheus, Grafana and Go stays literal text."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

from generator.artifact import Artifact, header
from generator.model import Model


def fill(model: Model, path: str, **values: Any) -> Artifact:
    """The template `path` filled for the artifact of the same path, with the header; raises on any undefined name."""
    text = _environment().get_template(path).render(model=model, **values)
    head = header(model.spec_name) if not path.endswith(".md") else ""
    return Artifact(path, head + text.strip("\n") + "\n")


def fill_page(path: str, **values: Any) -> str:
    """The HTML template `path` filled: every value is text there; raises on any undefined name."""
    return _environment(html=True).get_template(path).render(**values)


def source(path: str) -> str:
    """A template's text as it is, for what is not filled by Jinja."""
    loader = _environment().loader
    if loader is None:
        raise RuntimeError("the environment has no loader")
    return loader.get_source(_environment(), path)[0]


def quoted(value: object) -> str:
    """A YAML scalar in double quotes, ASCII only: whatever is inside, it ends where it should."""
    text: str = yaml.dump(str(value), default_style='"', width=10**9, allow_unicode=False)
    return text.strip()


def compose_quoted(value: object) -> str:
    """As quoted, with `$` doubled: Compose would take it for a variable."""
    return quoted(str(value).replace("$", "$$"))


def in_markdown(value: object) -> str:
    """Text in a code span of Markdown, line breaks removed; backticks cannot end it."""
    text = " ".join(str(value).split())
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@cache
def _environment(*, html: bool = False) -> jinja2.Environment:
    inside = Path(__file__).with_name("templates")
    folder = inside if inside.is_dir() else Path(__file__).parent.parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=html,  # noqa: S701  # in YAML every value passes a filter instead (tests/test_templating.py)
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"q": quoted, "cq": compose_quoted, "md": in_markdown}
    return environment
