"""A model as judge: rubrics, prompts that an answer cannot break out of, replies that are checked, and what all of it costs."""

from app.evals.judge.errors import JudgeRefused, JudgeUnavailable
from app.evals.judge.judges import SIMULATED, Judge, LLMJudge
from app.evals.judge.made import judge_of
from app.evals.judge.rubric import version_of
from app.evals.verdict import Verdict

__all__ = [
    "SIMULATED",
    "Judge",
    "JudgeRefused",
    "JudgeUnavailable",
    "LLMJudge",
    "Verdict",
    "judge_of",
    "version_of",
]
