"""What the proofs showed: a table of alerts by scenarios for people, JUnit and JSON for machines."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree as ET

from rich.table import Table
from rich.text import Text

from generator.proofs.library import TICKETS
from generator.prove.hunt import Hunt
from generator.prove.oracle import shown
from generator.prove.run import Outcome

NOT_JUDGED = "·"


def coverage(outcomes: Sequence[Outcome]) -> Table:
    """The alerts that page by scenarios: how soon each fired, how soon it cleared, and the time that was left."""
    paging = [outcome for outcome in outcomes if outcome.alert not in TICKETS]
    alerts = list(dict.fromkeys(outcome.alert for outcome in paging))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("scenario", *alerts):
        table.add_column(heading, no_wrap=True)
    for scenario in dict.fromkeys(outcome.scenario for outcome in paging):
        row = ([one for one in paging if (one.alert, one.scenario) == (alert, scenario)] for alert in alerts)
        table.add_row(scenario, *map(_cell, row))
    return table


def tickets(outcomes: Sequence[Outcome]) -> Table | None:
    """The tickets, which have scenarios of their own; None where the spec asks for none."""
    mine = [outcome for outcome in outcomes if outcome.alert in TICKETS]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("ticket", "scenario", ""):
        table.add_column(heading, no_wrap=True)
    for alert, scenario in dict.fromkeys((one.alert, one.scenario) for one in mine):
        same = [one for one in mine if (one.alert, one.scenario) == (alert, scenario)]
        table.add_row(alert, scenario, _cell(same))
    return table if mine else None


def _cell(outcomes: Sequence[Outcome]) -> Text:
    """The worst of all settings of this alert."""
    if not outcomes:
        return Text(NOT_JUDGED, style="dim")
    if failed := [one for one in outcomes if not one.passed]:
        return Text(f"FAILED ({failed[0].model})", style="bold red")
    times = f" ({len(outcomes)} settings)" if len(outcomes) > 1 else ""
    if not outcomes[0].pages:
        return Text(f"silent{times}", style="green")
    parts = [
        f"{word} {shown(max(known))}"
        for word, known in (
            ("fires", [one.fired for one in outcomes if one.fired is not None]),
            ("clears", [one.cleared for one in outcomes if one.cleared is not None]),
        )
        if known
    ]
    if margins := [one.margin for one in outcomes if one.margin is not None]:
        parts.append(f"margin {shown(min(margins))}")
    return Text((" ".join(parts) or "fires") + times, style="green")


def legend(outcomes: Sequence[Outcome]) -> str:
    """What the cells mean, and why some are empty."""
    passed = sum(outcome.passed for outcome in outcomes)
    return (
        f"{passed} of {len(outcomes)} proofs hold.\n"
        "fires: after the incident began; clears: after it ended; margin: what was left of the allowed time.\n"
        f"{NOT_JUDGED}  the scenario changes nothing that this alert judges."
    )


def failures(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each proof that does not hold."""
    return [
        f"{one.alert} / {one.scenario} / {one.model}: {one.why}\n  {one.about}" for one in outcomes if not one.passed
    ]


def hunted(hunts: Sequence[Hunt]) -> Table:
    """Mutants, and the proof that caught each."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("alert", "mutant", "caught by"):
        table.add_column(heading)
    for one in hunts:
        verdict = Text(one.killer, style="green") if one.killer else Text("SURVIVED", style="bold red")
        table.add_row(one.mutant.alert, one.mutant.name, verdict)
    return table


def junit(outcomes: Sequence[Outcome], hunts: Sequence[Hunt]) -> str:
    """JUnit XML, as CI systems read it."""
    suites = ET.Element("testsuites")
    for alert in dict.fromkeys(outcome.alert for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.alert == alert]
        bad = sum(not outcome.passed for outcome in mine)
        suite = ET.SubElement(suites, "testsuite", name=alert, tests=str(len(mine)), failures=str(bad))
        for outcome in mine:
            case = ET.SubElement(suite, "testcase", classname=alert, name=f"{outcome.scenario} / {outcome.model}")
            if not outcome.passed:
                ET.SubElement(case, "failure", message=outcome.why).text = outcome.about
    if hunts:
        bad = sum(not one.killer for one in hunts)
        suite = ET.SubElement(suites, "testsuite", name="mutants", tests=str(len(hunts)), failures=str(bad))
        for one in hunts:
            case = ET.SubElement(suite, "testcase", classname="mutants", name=f"{one.mutant.alert} / {one.mutant.name}")
            if not one.killer:
                ET.SubElement(case, "failure", message="no proof noticed it")
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def as_json(outcomes: Sequence[Outcome], hunts: Sequence[Hunt]) -> dict[str, Any]:
    """For machines; times in seconds."""
    mutants = [{"alert": one.mutant.alert, "mutant": one.mutant.name, "killer": one.killer} for one in hunts]
    return {"proofs": [asdict(outcome) for outcome in outcomes], "mutants": mutants}
