"""Gravity: interactions between places against the distance between them, and the pull of home."""

from jiqun.measure.gravity.clustered import ERRORS
from jiqun.measure.gravity.distances import INTERNAL
from jiqun.measure.gravity.estimate import TERMS, gravity
from jiqun.measure.gravity.ppml import Ppml, ppml

__all__ = ["ERRORS", "INTERNAL", "TERMS", "Ppml", "gravity", "ppml"]
