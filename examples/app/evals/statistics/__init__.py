"""What can be said from a sample: intervals, agreement, differences, power. Pure Python, no state, deterministic."""

from .agreement import correlation, kappa
from .drop import dropped
from .paired import mcnemar, paired_difference
from .power import detection_power, power, sample_size
from .proportion import clopper_pearson, effective_n, newcombe, wilson
from .two_phase import Estimate, Matrix, Part, Phases, agreement, estimates, sensitivity, specificity

__all__ = [
    "Estimate",
    "Matrix",
    "Part",
    "Phases",
    "agreement",
    "clopper_pearson",
    "correlation",
    "detection_power",
    "dropped",
    "effective_n",
    "estimates",
    "kappa",
    "mcnemar",
    "newcombe",
    "paired_difference",
    "power",
    "sample_size",
    "sensitivity",
    "specificity",
    "wilson",
]
