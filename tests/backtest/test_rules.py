"""What a replay reads from the rules: nothing of it is typed by hand."""

from pathlib import Path

import pytest

from generator import conventions as c
from generator.backtest.chain import Chain, Rule, chains, rules_of
from generator.backtest.expressions import comparison, reach, reads, separable
from generator.backtest.overrides import overridden
from generator.backtest.promtest import Answer, ReplayFailed, answers
from generator.backtest.thresholds import variants
from generator.backtest.variants import together
from generator.model import Model
from generator.problems import ProblemsFound
from generator.spec.load import LoadedSpec, load

PRINTED = """Unit Testing:  test.yml
  FAILED:
    expr: "label_replace(x, \\"backtest_question\\", \\"firing|1|2940\\", \\"\\", \\"\\")", time: 49m,
        exp: nil
        got: {alertname="A", backtest_question="firing|1|2940", model="we, \\"ird} {"} 1.125899906318336E+15, {backtest_question="firing|1|2940", model="b"} 3E+00
    expr: "x", time: 24m30s,
        exp: nil
        got: {"backtest_question"="peak|0|60", "with space"="a\\nb"} NaN
"""


@pytest.fixture(scope="module")
def loaded(repository: Path) -> LoadedSpec:
    """The default spec."""
    return load(repository / "spec.yaml")


def test_what_promtool_got_is_read_back() -> None:
    """Several samples a line, quotes and brackets in values, quoted names (3.x), NaN."""
    found = list(answers(PRINTED))
    assert found[0] == Answer(
        "firing",
        1,
        2940,
        {"alertname": "A", "model": 'we, "ird} {'},
        1125899906318336.0,
    )
    assert found[1].labels == {"model": "b"}
    assert (found[2].kind, found[2].labels) == ("peak", {"with space": "a\nb"})


def test_anything_else_that_promtool_says_is_an_error() -> None:
    """A rule that does not load must not look like a quiet week."""
    with pytest.raises(ReplayFailed, match="unknown function"):
        list(answers("Unit Testing:  test.yml\n  FAILED:\n    rules.yml: 3:5: unknown function with name foo\n"))


def test_every_page_has_a_chain_that_ends_at_raw_metrics(model: Model) -> None:
    """What is left to be fetched is what the dialect measures; nothing recorded, nothing that Prometheus writes itself."""
    found = chains(rules_of(model), tickets=False)
    assert set(found) == {c.ALERT_LATENCY, c.ALERT_ERRORS, c.ALERT_SPEND}
    raw = {value for name, value in vars(c).items() if name.startswith("KIT_")} | {f"{c.KIT_LATENCY}_bucket"}
    for chain in found.values():
        assert {read.name for read in chain.raw} <= raw
        assert chain.judged is not None
    assert found[c.ALERT_LATENCY].baseline is not None


def test_tickets_are_replayed_when_asked_for(model: Model) -> None:
    """With them, there is at least what pages."""
    assert set(chains(rules_of(model), tickets=True)) >= set(chains(rules_of(model), tickets=False))


def test_labels_that_survive_are_those_of_the_sum() -> None:
    """A summed rate keeps the labels of its sum and of its matchers; read in any other way, all of them."""
    found = {
        read.name: read.keeps
        for read in reads('sum by (job, le) (rate(a{x="1"}[5m])) + on (job) sum without (z) (rate(b[5m])) + d')
    }
    assert found == {"a": {"job", "le", "x"}, "b": None, "d": None}


def test_ranges_and_offsets_add_up() -> None:
    """Through subqueries."""
    assert reach("quantile_over_time(0.5, a[1h:1m] offset 10m) + max_over_time(rate(b[5m])[1h:1m])") == {
        "a": 4200,
        "b": 3900,
    }


def test_only_ranges_of_raw_samples_decide_how_dense_they_must_be() -> None:
    """A rule may look at its own record over any range."""
    rules = (Rule("s", "rate(raw[2m]) and last_over_time(s[30s])"), Rule("A", "s > 1", alert=True))
    assert Chain("A", rules).shortest == 120


def test_the_reach_of_a_chain_leaves_out_its_own_last_value() -> None:
    """A rule that reads itself does not look back for ever."""
    rules = (Rule("s", "s offset 1h or rate(raw[5m])"), Rule("A", "max_over_time(s[1h:]) > 1", alert=True))
    assert Chain("A", rules).reach == 3600 + 3600


@pytest.mark.parametrize(
    ("expression", "apart"),
    [("sum by (job, model) (x)", True), ("sum by (job) (x)", False), ("sum(x)", False), ("a and on (job) b", False),
     ("a and on (job, model) b", True), ("a / ignoring (kind) b", True), ("a / ignoring (model) b", False),
     ("absent(x)", False), ("a > 2 * b", True)],
)  # fmt: skip
def test_models_are_cut_apart_only_where_they_are(expression: str, apart: bool) -> None:
    """One aggregation, match or function that mixes models keeps them together."""
    assert separable(expression, "model") is apart


def test_the_judged_series_stands_before_the_limit() -> None:
    """In the first comparison, whatever surrounds it."""
    assert comparison("(a:b:c > 2 * d:e:f) unless x < 3") == ("a:b:c", "2 * d:e:f")


def test_settings_are_checked_like_the_spec(loaded: LoadedSpec) -> None:
    """With what was found, what is allowed, and a caret in the setting itself."""
    with pytest.raises(ProblemsFound) as caught:
        overridden(loaded, ["alerts.latency.factor=3", "alerts.errors.above=lots"])
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column, problem.found) == ("--set", 2, 21, "lots")
    assert problem.allowed


@pytest.mark.parametrize(
    "setting", ["alerts.latency.factor", "service.name=x", "models[nobody].alerts.latency.factor=3", "a..b=1"]
)
def test_settings_that_cannot_be_tried_are_refused(loaded: LoadedSpec, setting: str) -> None:
    """No value, no alert, no such model, no path."""
    with pytest.raises(ProblemsFound):
        overridden(loaded, [setting])


def test_one_model_can_be_changed(loaded: LoadedSpec) -> None:
    """By its name, dots in it included, and the file's own spec stays as it is."""
    name = loaded.spec.models[0].name
    changed = overridden(loaded, [f"models[{name}].alerts.latency.factor=4"])
    assert changed.models[0].alerts.latency.factor == 4
    assert loaded.spec.models[0].alerts.latency.factor is None


def test_other_thresholds_are_tried_only_where_they_change_a_rule(loaded: LoadedSpec) -> None:
    """Two for each alert, each with that alert's chain alone."""
    tried = variants(loaded, [], tickets=False, what_if=True)[1:]
    assert [(variant.about, list(variant.chains)) for variant in tried] == [
        ("latency.factor=1.5", [c.ALERT_LATENCY]), ("latency.factor=3", [c.ALERT_LATENCY]),
        ("errors.above=1%", [c.ALERT_ERRORS]), ("errors.above=5%", [c.ALERT_ERRORS]),
        ("spend.factor=2", [c.ALERT_SPEND]), ("spend.factor=5", [c.ALERT_SPEND]),
    ]  # fmt: skip


def test_variants_share_what_is_the_same() -> None:
    """A rule that reads the same in both is there once; one that reads something else is renamed, with all that read it."""
    one = Chain(
        "A",
        (
            Rule("raw:rate", "rate(x[5m])"),
            Rule("base", 'raw:rate and ALERTS{alertname="A"}'),
            Rule("A", "raw:rate > 2 * base", alert=True),
        ),
    )
    two = Chain("A", (*one.rules[:2], Rule("A", "raw:rate > 3 * base", alert=True)))
    rules, members = together({"one": one, "two": two})
    assert [rule.name for rule in rules] == ["raw:rate", "base", "A", "base__1", "A__1"]
    assert rules[3].expr == 'raw:rate and ALERTS{alertname="A__1"}'
    assert rules[4].expr == "raw:rate > 3 * base__1"
    assert [member.chain.alert for member in members] == ["A", "A__1"]
