"""Diagnosis: the mode and kind of a cluster, from its tables, with evidence, confidence and advice."""

from jiqun.diagnose.diagnosis import Diagnosis, Evidence, as_record
from jiqun.diagnose.kind_rule import digital_first, kind, native_at_core
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
    "digital_first",
    "kind",
    "mode",
    "mode_shares",
    "native_at_core",
    "path_agreement",
    "sold",
]
