"""One plan in a running stack: command by command, with an eye on the alert."""

import time

from generator import conventions as c
from generator.drill import web
from generator.drill.observe import STATES, is_own, limit, observed, says
from generator.drill.plan import Plan, Step
from generator.drill.progress import Progress
from generator.drill.scale import SCRAPE
from generator.drill.stack import CannotDrill, Stack
from generator.drill.verdict import Played, grace
from generator.promql import equals, selector

_LOOK = 0.5
_PATIENCE = 60.0
"""Seconds beyond what a scenario gives the baseline, after which something is wrong."""


class Player:
    """Plays once."""

    def __init__(self, stack: Stack, plan: Plan, progress: Progress) -> None:
        self._stack, self._plan, self._progress = stack, plan, progress
        self._prometheus, self._alert = stack.url(c.PROMETHEUS), plan.entry.scenario.alert

    def play(self) -> Played:
        """From quiet to quiet; afterwards all is as usual again. Raises CannotDrill and OSError."""
        self._settle()
        started = []
        try:
            for number, step in enumerate(self._plan.steps):
                started.append(time.time())
                self._begin(step)
                self._watch(number, started[-1])
                if step.gap:
                    self._stack.scrapes(arrive=True)
            ended = time.time()
        finally:
            self._recover()
        # One more evaluation, so that the last moment is in the range, too.
        time.sleep(2 * SCRAPE)
        seen = observed(self._prometheus, self._stack.model, self._alert, self._plan.llm, started[0], ended)
        return Played(self._plan, tuple(started), ended, seen, tuple(self._stack.receiver.heard(started[0])))

    def _settle(self) -> None:
        """Usual traffic until no alert is left from what was played before."""
        self._recover()
        patience = _PATIENCE + self._stack.model.alerts.spend.baseline.seconds
        began = time.time()
        while self._states():
            self._look("waiting until all is quiet", began)
            if time.time() > began + patience:
                raise CannotDrill(f"alerts were still active {patience:.0f} s after the last incident")

    def _recover(self) -> None:
        self._stack.chaos({}, ())
        self._stack.traffic(self._stack.pace.rates)

    def _begin(self, step: Step) -> None:
        self._stack.chaos(step.chaos, step.only)
        self._stack.traffic(step.rates)
        if step.gap:
            self._stack.scrapes(arrive=False)
        if step.restart:
            self._progress.now(self._plan.entry.name, step.about, 0, self._state())
            self._stack.restart_app()

    def _watch(self, number: int, began: float) -> None:
        """Until the step is over: when its time has passed, or earlier where nothing is left to be seen."""
        step, asked = self._plan.steps[number], self._plan.last_promise(number)
        if number == 0 and self._plan.warms:
            self._warm_up(step, began)
            return
        last = number == len(self._plan.steps) - 1
        end = began + (max(step.seconds, asked + grace(self._plan)) if last else step.seconds)
        while (now := time.time()) < end:
            if last and self._plan.entry.pages and now > began + asked and self._is_over(began):
                return
            self._look(step.about, began)

    def _warm_up(self, step: Step, began: float) -> None:
        """Until there is a threshold and nothing alarms: the scenario's own length is for evaluations that cost no time."""
        least = began + 3 * self._stack.model.alerts.windows.detect.seconds
        while not (time.time() > least and self._is_warm()):
            self._look(f"{step.about}, until there is a threshold", began)
            if time.time() > began + step.seconds + _PATIENCE:
                raise CannotDrill(f"{self._alert} had no threshold after {time.time() - began:.0f} s of traffic")

    def _look(self, about: str, began: float) -> None:
        time.sleep(_LOOK)
        self._stack.alive()
        self._progress.now(self._plan.entry.name, about, time.time() - began, self._state())

    def _is_warm(self) -> bool:
        threshold = limit(self._stack.model, self._alert, self._plan.llm)
        return bool(web.query(self._prometheus, "query", query=threshold)) and not self._states()

    def _is_over(self, began: float) -> bool:
        """Whether the page has ended, and Alertmanager has said so, which takes it long enough to be sure."""
        heard = self._stack.receiver.heard(began)
        told = any(
            says(one, "resolved", self._alert, self._plan.llm) for one in heard if one.at < time.time() - 2 * SCRAPE
        )
        return told and self._state() == "inactive"

    def _state(self) -> str:
        own = [labels["alertstate"] for labels in self._states() if is_own(labels, self._alert, self._plan.llm)]
        return next((state for state in reversed(STATES) if state in own), "inactive")

    def _states(self) -> list[dict[str, str]]:
        job = selector(equals(c.JOB, self._stack.model.service.name))
        return [one["metric"] for one in web.query(self._prometheus, "query", query=f"ALERTS{job}")]
