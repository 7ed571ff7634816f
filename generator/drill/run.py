"""Play plans one after another in one stack, or in a new one where a scenario needs one without a past."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.drill.plan import Plan
from generator.drill.playable import Pace
from generator.drill.player import Player
from generator.drill.progress import Progress
from generator.drill.receiver import Receiver
from generator.drill.signals import deferred
from generator.drill.stack import Stack
from generator.drill.verdict import Played


@dataclass(frozen=True)
class Setup:
    """What the stacks of one drill have in common; `scale` is seconds of production a second."""

    spec_text: str
    pace: Pace
    scale: float


def play(plans: Sequence[Plan], setup: Setup, root: Path, progress: Progress, done: Callable[[Played], None]) -> None:
    """Every plan; whatever was started is stopped when this ends, however it ends. Raises CannotDrill and OSError."""
    stack: Stack | None = None
    made, spoilt = 0, False
    with Receiver() as receiver:
        try:
            for plan in plans:
                if stack and (plan.fresh or spoilt):
                    stack.stop()
                    stack = None
                if stack is None:
                    made += 1
                    folder = root / str(made)
                    folder.mkdir(parents=True)
                    stack = Stack(folder, setup.spec_text, receiver, setup.pace, setup.scale, progress.say)
                    progress.say("starting Prometheus, Alertmanager, the app, its simulator and its traffic")
                    stack.start()
                    progress.say(f"watch it on the page: {stack.page}")
                done(_played(Player(stack, plan, progress), stack))
                spoilt = plan.spoils
        finally:
            if stack:
                with deferred():
                    stack.stop()


def _played(player: Player, stack: Stack) -> Played:
    try:
        return player.play()
    except OSError:
        # Whoever does not answer may have ended, and then its log knows more.
        stack.alive()
        raise


@contextmanager
def own_folder(*, keep: bool, progress: Progress) -> Iterator[Path]:
    """Where a drill's stacks live; removed at the end, unless it is to be kept or the drill could not go on."""
    root = Path(tempfile.mkdtemp(prefix="stackgen-drill-"))
    failed = False
    try:
        yield root
    except Exception:
        failed = True
        raise
    finally:
        if keep or failed:
            progress.say(f"configs, data and logs are kept in {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
