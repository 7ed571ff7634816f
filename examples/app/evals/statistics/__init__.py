"""What can be said from a sample: intervals, agreement, differences, power. Pure Python, no state, deterministic."""

from .agreement import bootstrap, correlation, kappa
from .drop import dropped
from .paired import mcnemar, paired_difference
from .power import detection_power, power, sample_size
from .proportion import clopper_pearson, effective_n, newcombe, wilson

__all__ = [
    "bootstrap",
    "clopper_pearson",
    "correlation",
    "detection_power",
    "dropped",
    "effective_n",
    "kappa",
    "mcnemar",
    "newcombe",
    "paired_difference",
    "power",
    "sample_size",
    "wilson",
]
