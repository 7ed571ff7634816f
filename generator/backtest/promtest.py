"""One replay as a promtool test: series and rules in, questions whose answers promtool prints because nobody expects them."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from generator.backtest.chain import Rule
from generator.backtest.series import Series, notation
from generator.backtest.variants import Member
from generator.promql import equals, selector

BITS = 50
"""Moments that one number tells: each is a bit, and a float holds 53 of them exactly."""
_ID = "backtest_question"
_SAMPLE = re.compile(r'\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\} (\S+?)(?:, |$)')
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*"|[\w.:]+)=("(?:[^"\\]|\\.)*")')
_NOISE = re.compile(r"^\s*(expr: .*|exp: .*|FAILED:|SUCCESS|(Unit Testing|Processing test file): .*|)$")


class ReplayFailed(Exception):  # noqa: N818  # what the person reads
    """promtool did not replay; the message is what it said."""


@dataclass(frozen=True)
class Clock:
    """Moments of a replay in seconds since its midnight: samples every `step`, rules every `tick`, asked about `start` to `end`."""

    origin: int
    start: int
    end: int
    step: int
    tick: int

    def windows(self) -> Iterator[tuple[int, int]]:
        """First and last moment of each stretch that one number tells about."""
        first = -(-(self.start - self.origin) // self.tick) * self.tick
        last = (self.end - self.origin) // self.tick * self.tick
        for begin in range(first, last + 1, BITS * self.tick):
            yield begin, min(last, begin + (BITS - 1) * self.tick)


@dataclass(frozen=True)
class Answer:
    """One sample that promtool printed: which question, of which member, about which moment, for which series."""

    kind: str
    member: int
    moment: int
    labels: dict[str, str]
    value: float


def rule_file(rules: Sequence[Rule], tick: int) -> str:
    """All rules in one group, in order."""
    entries: list[dict[str, Any]] = []
    for rule in rules:
        if rule.alert:
            entry = {"alert": rule.name, "expr": rule.expr, "for": rule.pending, "labels": dict(rule.labels)}
            entries.append(entry | ({"keep_firing_for": rule.keep} if rule.keep != "0s" else {}))
        else:
            entries.append({"record": rule.name, "expr": rule.expr, "labels": dict(rule.labels)})
    return yaml.dump({"groups": [{"name": "replay", "interval": f"{tick}s", "rules": entries}]}, width=10**6)


def test_file(
    series: Iterable[tuple[Series, int, int]], members: Sequence[Member], clock: Clock, *, bucket: int
) -> Iterator[str]:
    """The test, in pieces; each series comes with the samples to leave out and the empty moments before it.

    `bucket` is the spacing in seconds at which the first member's values are asked for a chart; 0 asks for none.
    """
    yield f"rule_files: [rules.yml]\nevaluation_interval: {clock.tick}s\ntests:\n- interval: {clock.step}s\n  input_series:\n"
    for one, skip, lead in series:
        name = one.name + selector(*(equals(label, value) for label, value in one.labels))
        yield f"  - series: {_scalar(name)}\n    values: '{notation(one.values[skip:], lead)}'\n"
    yield "  promql_expr_test:\n"
    for kind, number, moment, expression in _questions(members, clock, bucket):
        marked = f'label_replace({expression}, "{_ID}", "{kind}|{number}|{moment}", "", "")'
        yield f"  - expr: {_scalar(marked)}\n    eval_time: {moment}s\n"


def _questions(members: Sequence[Member], clock: Clock, bucket: int) -> Iterator[tuple[str, int, int, str]]:
    for number, member in enumerate(members):
        firing, beside = member.firing(), f"and ignoring ({member.ignoring()}) {member.firing()}"
        for begin, end in clock.windows():
            span = f"[{end - begin + 1}s:{clock.tick}s]"
            bits = f"{firing} * 2 ^ ((time() - {begin}) / {clock.tick})"
            yield "firing", number, end, f"sum_over_time(({bits}){span})"
            if member.chain.judged:
                yield "peak", number, end, f"max_over_time(({member.chain.judged[0]} {beside}){span})"
            if member.chain.baseline:
                yield "baseline", number, end, f"max_over_time(({member.chain.baseline} {beside}){span})"
    main = members[0].chain
    if not bucket or not main.judged:
        return
    for moment in range(clock.start - clock.origin + bucket, clock.end - clock.origin + 1, bucket):
        yield "value", 0, moment, f"max_over_time({main.judged[0]}[{bucket}s])"
        if main.baseline:
            yield "usual", 0, moment, main.baseline
            yield "limit", 0, moment, main.judged[1]


def answers(printed: str) -> Iterator[Answer]:
    """What promtool got, from the format that 2.42 to 3.16 share. Raises ReplayFailed for anything else that it says."""
    for line in printed.splitlines():
        head, mark, got = line.partition("got: ")
        if mark and not head.strip():
            for inside, value in _SAMPLE.findall(got):
                labels = {_plain(name): _plain(text) for name, text in _PAIR.findall(inside)}
                kind, member, moment = labels.pop(_ID, "||").split("|")
                if kind:
                    yield Answer(kind, int(member), int(moment), labels, float(value))
        elif not _NOISE.match(line):
            raise ReplayFailed(line.strip())


def _plain(text: str) -> str:
    """Go's quoted strings are Python's, as far as labels go."""
    return str(ast.literal_eval(text)) if text.startswith('"') else text


def _scalar(text: str) -> str:
    return str(yaml.dump(text, default_style='"', width=10**9, allow_unicode=False)).strip()
