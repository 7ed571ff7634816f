"""Tell from its words whether an answer declines: phrases of four languages, no model, a few microseconds.

What counts as a refusal, and how often this is right: docs/errors.md.
"""

import re

HEAD, TAIL = 300, 160
"""Characters read at the start, and at the end of longer answers: some decline after a long preface."""
EARLY = 120
"""Characters at the start where "I can't ..." counts whatever follows; later, and at the end, it must be about helping."""

_HELP = (
    r"(?:help|assist|provide|share|give|write|create|produce|generate|engage|discuss|answer|tell\ you|explain|continue|complete"
    r"|follow)"
)
# " i" as a literal at the start is what the engine of `re` skips to; a word boundary there costs five times as much.
_FIRST_PERSON = re.compile(
    rf"""\ i(?:
     \ (?:\w+ly\ |also\ |still\ )?(?:can't|won't|(?:couldn't|shouldn't)\ {_HELP}|refuse\ to|decline\ to|(?:can\ )?only\ {_HELP}
        |(?:must|have\ to|need\ to)\ (?:\w+\ )?(?:decline|refuse|pass)\b|prefer\ not\ to\ (?:{_HELP}|talk|comment|say|go|speculate)
        |don't\ (?:feel\ comfortable|condone|think\ i\ should|have\ (?:access\ to|the\ (?:ability|capacity|capability))|{_HELP}\b))
    |'m\ (?:\w+ly\ |also\ |still\ |just\ )?(?:unable\ to|prohibited\ from|declining|only\ able\ to|here\ (?:only\ )?(?:for|to\ talk)
        |going\ to\ (?:\w+\ )?(?:decline|pass)\b
        |not\ (?:able\ to|going\ to|willing|allowed|permitted|authori[sz]ed|qualified|comfortable|in\ a\ position))
    |'d\ (?:rather|prefer)\ (?:not|to\ not)|'ll\ (?:have\ to\ )?(?:decline|refuse|pass|rather\ not)\b)""",
    re.VERBOSE,
)
_IMPERSONAL = re.compile(
    rf"""\b(?:
     (?:and|or|but|so|what|part)\ (?:i\ )?(?:can't|won't)\ (?:{_HELP}|do\ is)|(?:model|assistant|ai)\ and\ don't\ (?:condone|have\ the)
    |(?:not|isn't|is)\ something\ (?:that\ )?i(?:'m|'ll|\ can)|talk\ about\ something\ else|request\ declined
    |(?:out\ of|outside)\ (?:of\ )?(?:scope|my\ scope|the\ scope|what\ i)
    |(?:violat\w+|against|contrary\ to)\ (?:our|my|the|\w+'s)\ (?:[\w']+\ ){{0,3}}(?:polic|guideline|rules)
    |(?:policy|policies|guidelines|rules)\ (?:doesn't|does\ not|don't)\ (?:permit|allow)\ me
    |(?:appropriate|inappropriate|irresponsible|unethical)\ for\ me\ to
    |not\ (?:\w+\ or\ )?(?:appropriate|ethical)\ (?:or\ \w+\ )?to\ (?:provide|discuss|encourage|promote|speculate|give\ (?:advice|instr)))""",
    re.VERBOSE,
)
_GERMAN = re.compile(
    r"""\b(?:(?:kann|darf|werde|möchte)\ ich\ (?:\w+\ ){0,4}?(?:nicht|kein\w*)\ (?!oft)
    |ich\ (?:kann|darf|werde|möchte)\ (?!nicht\ (?:oft|genug))(?:\w+\ ){0,4}?(?:nicht|kein\w*)\b
    |nicht\ in\ der\ lage|lehne\ ich|muss\ ich\ (?:passen|ablehnen)|(?:erstelle|schreibe)\ ich\ (?:nicht|kein)
    |ich\ (?:lehne|verweigere|(?:schreibe|gebe)\ kein|helfe\ nicht|muss\ (?:\w+\ )?(?:passen|ablehnen)|kann\ nur\ (?:fragen|auskünfte))
    |verstößt\ gegen\ (?:unsere|meine|die))""",
    re.VERBOSE,
)
_FRENCH = re.compile(
    r"""\b(?:je\ ne\ (?:[tvl]\S+\ )?(?:peux|vais|veux|suis|\w+ai)\ (?:\w+\ )?pas\b(?!\ s[iû])|je\ ne\ t'\w+ai\ pas
    |je\ ne\ peux\ (?:répondre|traiter|parler)\ qu|je\ refuse|je\ préfère\ ne\ pas|il\ m'est\ impossible|à\ l'encontre\ de)""",
    re.VERBOSE,
)
_SPANISH = re.compile(
    r"""\b(?:no\ (?:[tlo]e?s?\ )?(?:puedo|voy\ a)\ (?!recomendarlo)|lamento\ no\ poder|no\ estoy\ autorizad|no\ me\ es\ pos
    |prefiero\ no\ |me\ niego\ a|en\ contra\ de\ (?:nuestr|mi)|s[oó]lo\ puedo\ (?:responder|ayudar))""",
    re.VERBOSE,
)
_ENGLISH = {_FIRST_PERSON, _IMPERSONAL}

# Nearly every answer holds none of these words and is done with; no pattern can match without one of its own.
_IMPERSONAL_WORDS = (
    "can't cannot won't don't something outside out against contrary violates violate violating policy policies guidelines rules "
    "appropriate inappropriate ethical unethical irresponsible request condone ability capacity capability"
)
_RULES = {
    word: pattern
    for pattern, words in (
        (_FIRST_PERSON, "i i'm i'd i'll"),
        (_IMPERSONAL, _IMPERSONAL_WORDS),
        (_GERMAN, "ich verstößt"),
        (_FRENCH, "je m'est l'encontre"),
        (_SPANISH, "puedo voy estoy es prefiero niego contra lamento"),
    )
    for word in words.split()
}
# Patterns know one spelling.
_USUAL = (
    ("\n", "\n "),
    ("cannot", "can't"),
    ("can not", "can't"),
    ("will not", "won't"),
    ("do not", "don't"),
    (" i am ", " i'm "),
    (" i would ", " i'd "),
    (" i will ", " i'll "),
)

# Somebody else's words: code, quotations, quoted lines. HEAD may cut one in two, so the end closes it as well.
_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`]*`|\"[^\"]*(?:\"|\Z)|“[^”]*(?:”|\Z)|„[^“”]*(?:[“”]|\Z)|«[^»]*(?:»|\Z)|^ >.*?$",
    re.DOTALL | re.MULTILINE,
)
# An answer that begins by saying yes, a letter, data or code: what follows is what was asked for.
_DELIVERED = re.compile(
    r" (?:sure|certainly|of course|absolutely|yes\b|here(?:'s| is| are)\b|dear |subject: |(?:hi|hello|hallo)\b[^\n.]{0,30},\n"
    r"|sehr geehrte|betreff: |asunto: |[{\[<$#])"
)
_ABOUT_HELPING = re.compile(
    rf"{_HELP}|decline|refuse|pass|rather not|condone|part |comfortable| do (?:that|this|it|so)\b|advise|recommend|take part"
)
# "I can't ...": figures of speech, doubt, and what was looked for in vain.
_HARMLESS = re.compile(
    r"""\ ?(?:wait|think\b|feel\b|experience|determine|predict|rest\b|stress|emphasi[sz]e|overstate|overemphasi|thank\ you|help\ but
    |believe|agree|imagine|lie\b|bore|count|deny|recommend\ \S+\ (?:enough|highly)|go\ into\ (?:every|all|too|much)
    |(?:quite\ )?tell\ (?:from|whether|when|if|which)|say\ (?:that|which|how|for\ sure|enough)|be\ (?:certain|sure)
    |see\b|find\b|locate\b|quite|make\ it\b)""",
    re.VERBOSE,
)
_MISSING = re.compile(
    r"\b(?:from|in|on|by) (?:the|these|those) (?:[\w-]+ )?(?:passages?|context|documents?|sources?|texts?|excerpts?|documentation"
    r"|catalogue|results)\b|\benough (?:information|context)\b|\b(?:provided|given) (?:information|text|context|passages) do"
    r"|\bunclear what you\b|\ba definitive\b"
)
# "I can't see your screen, but the cause is ...": an answer after all, unless an offer or a lecture is all that follows.
_CONCEDES = re.compile(r"\b(?:while|although|though)$")
_CONCEDED = re.compile(r"[^,.]*, (.*)", re.DOTALL)
_TURN = re.compile(
    r"(?:[^.!?;\n]|[.!?]\B|[.](?=\w))*?(?:(?: but|, though|, however,) |[.!?;]\s+(?:but|however,|that said,|still,|nevertheless,) )(.*)",
    re.DOTALL,
)
_OFFER = re.compile(
    r"(?!.*(?::\s*\n|\n\s*1\. ))(?:i(?:'d|'m|'ll| can| could| must) |if |let me|please|feel free|you (?:can|could|may|might)|perhaps"
    r"|a |the |there|it(?:'s| is) (?:important|crucial|worth|always))",
    re.DOTALL,
)


def refuses(text: str) -> bool:
    """Whether an answer declines to do what was asked, rather than answers, asks back, or finds nothing."""
    return _declines(text[:HEAD], EARLY) or (len(text) > HEAD and _declines(text[-TAIL:], 0))


def _declines(part: str, early: int) -> bool:
    words = part.replace("\u2019", "'").lower()
    rules = {_RULES[word] for word in _RULES.keys() & words.split()}
    if not rules:
        return False
    words = f" {words}"
    for spelling, usual in _USUAL:
        words = words.replace(spelling, usual)
    rules = {rule for rule in rules if rule.search(words)}
    if not rules or _DELIVERED.match(words):
        return False
    words = _QUOTED.sub(" ", words)
    return any(rule not in _ENGLISH or _meant(words, found, early) for rule in rules for found in rule.finditer(words))


def _meant(words: str, found: re.Match[str], early: int) -> bool:
    """Whether an English phrase of declining is one here: not an idiom, not a doubt, not followed by the answer."""
    before, rest = words[: found.start()], words[found.end() :]
    if found.start() > early and not _ABOUT_HELPING.search(found[0] + rest[:20]):
        return False
    if _HARMLESS.match(rest) or _MISSING.search(words):
        return False
    turn = _CONCEDED.match(rest) if _CONCEDES.search(before) else _TURN.match(rest)
    if turn is None or "not only" in rest[: turn.start(1)]:
        return True
    return _OFFER.match(turn[1]) is not None
