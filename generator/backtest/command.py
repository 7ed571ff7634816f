"""The command line's words -> options; raises argparse.ArgumentTypeError for a word that cannot be meant."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.backtest.run import Options
    from generator.backtest.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that `backtest` understands besides --spec."""
    parser.add_argument(
        "--prometheus", required=True, type=url, metavar="URL", help="for example http://localhost:9090; only read from"
    )
    parser.add_argument(
        "--bearer-token-file", type=token, dest="token", metavar="FILE", help="sent as Authorization: Bearer"
    )
    parser.add_argument("--days", type=positive, default=7, metavar="N", help="length of the range; default: 7")
    parser.add_argument(
        "--end", type=moment, metavar="TIME", help="end of the range, 2026-01-12T00:00Z or epoch seconds; default: now"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="sets",
        metavar="PATH=VALUE",
        help="another setting of the alerts, shown beside the spec's: alerts.latency.factor=3",
    )
    parser.add_argument(
        "--no-what-if", action="store_true", help="do not replay other thresholds; takes half the time or less"
    )
    parser.add_argument("--tickets", action="store_true", help="replay alerts that do not page, too")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a report with charts")
    parser.add_argument("--json", action="store_true", help="results as JSON on stdout")
    parser.add_argument(
        "--step",
        type=span,
        metavar="SPAN",
        help="between samples, and between evaluations; default: what the rules need",
    )
    parser.add_argument(
        "--warm-up",
        type=span,
        metavar="SPAN",
        help="history before the range that fills baselines; default: what the rules look back, at most 1d",
    )
    parser.add_argument("--pause", type=seconds, default=0.0, metavar="SECONDS", help="between queries; default: 0")
    parser.add_argument("--timeout", type=positive, default=60.0, metavar="SECONDS", help="for each query; default: 60")


def server(arguments: argparse.Namespace) -> "Server":
    """The server to ask."""
    from generator.backtest.server import Server

    bearer = f"Bearer {arguments.token}" if arguments.token else ""
    return Server(arguments.prometheus, arguments.timeout, bearer)


def options(arguments: argparse.Namespace) -> "Options":
    """What is to be replayed, and how it is told."""
    from generator.backtest.run import Options

    return Options(
        sets=arguments.sets,
        days=arguments.days,
        end=arguments.end,
        step=arguments.step,
        warm_up=arguments.warm_up,
        tickets=arguments.tickets,
        what_if=not arguments.no_what_if,
        pause=arguments.pause,
        html=arguments.html,
        as_json=arguments.json,
    )


def url(text: str) -> str:
    """A base URL."""
    import urllib.parse

    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError("not a URL: write it with its scheme, such as http://localhost:9090")
    return text


def token(file: str) -> str:
    """What a file holds, without the line end."""
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{file} cannot be read: {getattr(error, 'strerror', 'not text')}") from None
    if not text or not text.isascii() or not text.isprintable():
        raise argparse.ArgumentTypeError(f"{file} holds no token: one line of ASCII is expected")
    return text


def positive(text: str) -> float:
    """A number above zero, at most a thousand."""
    value = _number(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 1000")
    return value


def seconds(text: str) -> float:
    """A number of seconds from zero to an hour."""
    value = _number(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return value


def moment(text: str) -> float:
    """Epoch seconds of a date, a time with its offset, or epoch seconds; without an offset it is UTC."""
    from datetime import UTC, datetime

    if 0 < _number(text) < 1e11:
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: write it as 2026-01-12T15:30Z") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def span(text: str) -> int:
    """Whole seconds of `30s`, `1d`."""
    from generator.spec.units import UnitError, parse_duration

    try:
        seconds = parse_duration(text)
    except UnitError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}; {error.fix}") from None
    if seconds < 1:
        raise argparse.ArgumentTypeError("at least 1s")
    return seconds
