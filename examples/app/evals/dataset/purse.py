"""What a run may spend on real providers: set aside before each call, so that the limit holds whatever the calls cost."""

from dataclasses import dataclass


@dataclass
class Purse:
    """In USD; without a `limit` nothing is refused."""

    limit: float | None
    spent: float = 0.0
    reserved: float = 0.0
    empty: bool = False

    def reserve(self, usd: float) -> bool:
        """Set aside; False where the limit could be exceeded, and from then on always: cheap cases must not be all that is left."""
        if self.limit is not None and (self.empty or self.spent + self.reserved + usd > self.limit):
            self.empty = True
            return False
        self.reserved += usd
        return True

    def settle(self, reserved: float, usd: float) -> None:
        """It is over, and cost so much."""
        self.reserved -= reserved
        self.spent += usd
