"""What came out, and the same as JSON for machines."""

import json
import math
from dataclasses import dataclass
from typing import Any

from generator.backtest.expressions import reads
from generator.backtest.pages import Page, Replayed, summary
from generator.backtest.shards import main_of
from generator.backtest.thresholds import CHANGED, SPEC, Variant


@dataclass(frozen=True)
class Report:
    """One backtest; `start` and `end` in epoch seconds, `seconds` that fetching and replaying took."""

    server: str
    spec: str
    start: int
    end: int
    step: int
    tick: int
    seconds: tuple[float, float]
    variants: list[Variant]
    replayed: Replayed
    notes: list[str]
    bucket: int = 0
    """Seconds that one point of a curve tells about; 0 where no curves were asked for."""

    @property
    def days(self) -> float:
        """Length of the range."""
        return (self.end - self.start) / 86400

    @property
    def alerts(self) -> list[str]:
        """Names, in the order of the variants' chains."""
        return list(dict.fromkeys(alert for variant in self.variants for alert in variant.chains))

    @property
    def shown(self) -> list[Variant]:
        """The spec, and the changed spec where there is one: what the report is about is the last of them."""
        return [variant for variant in self.variants if variant.key in {SPEC, CHANGED}]

    def pages(self, variant: str, alert: str | None = None) -> list[Page]:
        """Pages of a variant; of one alert, or of all."""
        found = self.replayed.pages.get(variant, [])
        return [page for page in found if alert is None or page.alert == alert]

    def main_pages(self) -> list[Page]:
        """What the report is about."""
        return self.pages(self.shown[-1].key)

    def severity(self, alert: str) -> str:
        """`page`, `ticket`."""
        return next(v.chains[alert].alerts[0].severity for v in self.variants if alert in v.chains)

    def what_if(self, alert: str) -> list[tuple[str, dict[str, Any]]]:
        """Words and counts of every variant that replayed this alert, the one that the report is about first."""
        main = main_of(self.variants, alert)
        tried = [v for v in self.variants if alert in v.chains and (v.key == main or v not in self.shown)]
        return [("now" if v.key == main else v.about, summary(self.pages(v.key, alert), self.days)) for v in tried]

    def number(self, alert: str, value: float | None) -> str:
        """A judged value with its unit, which the name of its series tells (`level:metric_unit:operations`)."""
        if value is None:
            return ""
        judged = next((v.chains[alert].judged for v in self.variants if alert in v.chains), None)
        name = reads(judged[0])[0].name if judged else ""
        if "ratio" in name:
            return f"{value * 100:.3g} %"
        digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
        unit = " USD/h" if "usd_per_hour" in name else " ms" if "_ms" in name else ""
        return f"{value:,.{min(4, digits)}f}{unit}"


def as_json(report: Report) -> str:
    """Everything, for machines; times in epoch seconds."""
    data = {
        "server": report.server,
        "spec": report.spec,
        "start": report.start,
        "end": report.end,
        "step_seconds": report.step,
        "evaluation_seconds": report.tick,
        "variants": [
            {
                "key": variant.key,
                "about": variant.about,
                "alerts": {alert: summary(report.pages(variant.key, alert), report.days) for alert in variant.chains},
                "pages": [_page(page) for page in report.pages(variant.key)],
            }
            for variant in report.variants
        ],
        "notes": report.notes,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _page(page: Page) -> dict[str, Any]:
    return {
        "alert": page.alert,
        "subject": page.subject,
        "start": page.start,
        "end": page.end,
        "seconds": page.seconds,
        "peak": page.peak,
        "baseline": page.baseline,
        "began_before_range": page.open_start,
        "goes_on_after_range": page.open_end,
    }
