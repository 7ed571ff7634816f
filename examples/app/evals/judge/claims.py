"""Whether an answer claims anything: one that only declines, or says that the passages do not tell, has nothing to support."""

import re

from app.telemetry.refusal import refuses

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\w{2,}")
# "The passages do not hold an answer to that": a source, and that it does not say; English, German, French, Spanish.
_SOURCE = r"passages?|context|documents?|documentation|sources?|texts?|excerpts?|information|passagen?|kontext|quellen?|dokumente?|textstellen?|passages?|contexte|documents?|extraits?|pasajes?|contexto|documentos?|fragmentos?"
_NOT = r"(?:do(?:es)?|did|is|are|has|have|can|could)(?:\s+not|n['\u2019]t)\b|cannot|\b(?:no|nothing|none|without|nicht|nichts|kein\w*|pas|aucun\w*|rien|no|ning[uú]n\w*|nada)\b"
_SILENT = re.compile(rf"(?:\b(?:{_SOURCE})\b.{{0,80}}(?:{_NOT})|(?:{_NOT}).{{0,60}}\b(?:{_SOURCE})\b)", re.IGNORECASE)
_SHORT = 120
"""Characters: what is longer and mentions passages says something beside."""


def makes_claims(answer: str) -> bool:
    """Whether any sentence of it is more than a refusal, a question, or word that the sources do not tell."""
    return any(_claims(one) for one in _SENTENCE.split(answer.strip()))


def _claims(sentence: str) -> bool:
    if len(_WORD.findall(sentence)) < 2 or sentence.rstrip().endswith("?") or refuses(sentence):
        return False
    return not (len(sentence) <= _SHORT and _SILENT.search(sentence))
