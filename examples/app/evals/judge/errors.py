"""What keeps a judge from judging: for now, or for good."""


class JudgeUnavailable(Exception):  # noqa: N818  # it says what is so
    """The judge cannot be had at the moment: too many requests, a server's error, a time-out, no connection.

    `retry_after` is in seconds, None where nobody said; `usd` is what was spent nonetheless, at most.
    """

    def __init__(self, reason: str, retry_after: float | None = None, usd: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.retry_after, self.usd = reason, retry_after, usd


class JudgeRefused(Exception):  # noqa: N818  # it says what is so
    """The judge's endpoint refuses this request, and would again. Where it is `misconfigured` (key, model's name) it refuses all of them.

    `usd` is what was spent before.
    """

    def __init__(self, reason: str, usd: float = 0.0, *, misconfigured: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.usd, self.misconfigured = reason, usd, misconfigured
