"""How much traffic there is at an hour of the day, and what people ask."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

QUESTIONS = (
    "What are the four golden signals of an LLM application?",
    "Why is the baseline a median and not a mean?",
    "How long is a baseline held while an alert is active?",
    "Which errors count as failed calls?",
    "What does a refusal look like in the metrics?",
    "How do I add a model to the spec?",
    "Why is the 95th percentile better than an average?",
    "What is in a log line of a call?",
    "Where do full questions and answers go?",
    "How is the cost of a call computed?",
    "What happens when no price is known for a model?",
    "How are alerts proven before anyone relies on them?",
    "What should I look at first when latency doubles?",
    "Why does spend page for the whole service?",
    "How many answers are judged in production?",
    "What is an exemplar good for?",
    "How do I silence an alert?",
    "Which spans does a question have?",
    "My mail is ada@example.org, can you write to me?",
    "What does a scrape gap do to an active alert?",
)


@dataclass(frozen=True)
class Visit:
    """One question: `after` seconds since the last one; without a model the app chooses."""

    after: float
    question: str
    endpoint: str
    user_id: str
    conversation_id: str
    model: str | None = None


def level(hour: float) -> float:
    """Share of the midday traffic at an hour of the day: a quiet night, two humps around lunch."""
    day = max(0.0, math.sin((hour - 6) / 15 * math.pi)) if 6 <= hour <= 21 else 0.0
    lunch = 0.15 * math.exp(-((hour - 12.5) ** 2) / 0.5)
    return 0.08 + 0.92 * max(0.0, day - lunch)


def visits(rate: float, speed: float, endpoints: list[str], rng: random.Random, hour: float = 11.0) -> Iterator[Visit]:
    """An endless day at `rate` calls a second at midday, `speed` simulated hours a real hour; starts before noon."""
    clock = hour
    while True:
        now = max(0.01, rate * level(clock % 24))
        after = rng.expovariate(now)
        clock += after * speed / 3600
        user = f"user-{rng.randint(1, 40)}"
        weights = [3, *([1] * (len(endpoints) - 1))]
        yield Visit(after, rng.choice(QUESTIONS), rng.choices(endpoints, weights)[0], user, f"{user}-{int(clock)}")
