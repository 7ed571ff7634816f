"""What redaction costs: microseconds for texts as they are and for texts that want to be slow.

    python -m benchmarks.redaction [--rounds 9]

The table shows the fastest of some rounds, as a busy machine only ever adds; all kinds that are on by default are looked for.
"""

import argparse
import sys
import timeit
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.telemetry.redact import Redactor

DEFAULT = ("email", "phone", "card", "key")
PATTERNS = {"employee": r"E-\d{6}", "contract": r"(?:AB|CD)\d{8}"}
QUESTION = (
    "My name is Ada and my address is ada.lovelace@example.org. Since yesterday the answers of the bot take more than "
    "ten seconds. Can you tell me how the baseline of the latency alert is computed, and why nobody was paged at 14:05 "
    "although the p95 was above 8 s?"
)
ANSWER = (
    "A baseline is the median of the recent past: the rule compares the 95th percentile of the last five minutes with "
    "it, and only speaks when the ratio stays above two for five minutes. That way a single slow call does not wake "
    "anybody - the long-term trend matters. If fewer than 20 calls were made in the window, the alert stays silent, "
    "because a few calls prove nothing. You can change the factor in spec.yaml under alerts.latency (see `stackgen "
    "explain alerts.latency.factor`) and then run make render; the promtool tests are rewritten as well. Note that the "
    "baseline is held while its alert is active, so that an incident of an hour does not become the new normal. After "
    "six hours the hold ends, and the new level counts as usual. The dashboards show both lines, and the runbook tells "
    "what to look at first: provider status, deployments."
)
CODE = (
    "```python\nimport re\n\nMAX_TOKENS_PER_CALL = 4096\n\n\ndef find(text: str, *, limit: int = 10) -> list[str]:\n"
    '    """Every word of a text that is longer than five characters."""\n    words = re.findall(r"[A-Za-z_]{5,}", text)\n'
    "    return sorted(set(words), key=len, reverse=True)[:limit]\n```\n"
) * 3
LOG = '{"ts":"2025-11-03T14:05:33.482911Z","level":"info","tokens_in":1842,"tokens_out":377,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"} '
TEXTS = {
    "question with an e-mail address": QUESTION,
    "answer with nothing to find": ANSWER,
    "the same with curly quotes and dashes": ANSWER.replace(" - ", " \u2014 ").replace("`", "\u2019"),
    "answer with three finds": ANSWER + " Write to ops@example.org, call +49 30 23125014 or use sk-proj-Ab12Cd34Ef56Gh78Ij90.",
    "answer in code": CODE,
    "lines of a log": LOG * 6,
    "Russian": "Базовая линия - это медиана недавнего прошлого: правило сравнивает с ней последние пять минут. " * 9,  # noqa: RUF001
    "Chinese": "基线是最近一段时间的中位数，规则将过去五分钟与它进行比较，只有当比率保持在两倍以上时才会报警。" * 18,  # noqa: RUF001
    "64 kB of words": ANSWER * 78,
    "64 kB of digits": "4" * 65_536,
    "64 kB of groups of digits": "4111 " * 13_107,
    "64 kB of telephone numbers": "555-555-5555 " * 5_041,
    "64 kB of a@a@a@": "a@" * 32_768,
    "64 kB of a.a.a.": "a." * 32_768,
    "64 kB of spaces": " " * 65_536,
    "64 kB of token:token:": "token:" * 10_922,
}  # fmt: skip


def microseconds(redactor: Redactor, text: str, rounds: int) -> float:
    """For one call: of the fastest round."""
    timer = timeit.Timer(lambda: redactor(text))
    number = max(1, min(20_000, int(0.02 / max(1e-7, timer.timeit(1)))))
    return min(timer.repeat(rounds, number)) / number * 1e6


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What redaction costs.")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    plain, own = Redactor(DEFAULT), Redactor(DEFAULT, PATTERNS)
    print("| text | characters | finds | \u00b5s | \u00b5s with two patterns |")
    print("|---|---|---|---|---|")
    for name, text in TEXTS.items():
        taken = [microseconds(one, text, arguments.rounds) for one in (plain, own)]
        print(f"| {name} | {len(text)} | {plain(text).count('[redacted:')} | {taken[0]:.1f} | {taken[1]:.1f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
