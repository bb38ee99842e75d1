"""Diagnosis: the mode of a cluster, from its tables, with evidence, confidence and advice."""

from jiqun.diagnose.diagnosis import Diagnosis, Evidence, as_record
from jiqun.diagnose.mode_lines import Sold, sold
from jiqun.diagnose.mode_rule import mode, path_agreement
from jiqun.diagnose.mode_shares import Lines, ModeShares, attributed, claims, contested, mode_shares
from jiqun.diagnose.rules import RULES, TITLES, diagnose

__all__ = [
    "RULES",
    "TITLES",
    "Diagnosis",
    "Evidence",
    "Lines",
    "ModeShares",
    "Sold",
    "as_record",
    "attributed",
    "claims",
    "contested",
    "diagnose",
    "mode",
    "mode_shares",
    "path_agreement",
    "sold",
]
