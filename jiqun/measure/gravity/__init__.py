"""Gravity: interactions between places against the distance between them, and the pull of home."""

from jiqun.measure.gravity.clustered import ERRORS
from jiqun.measure.gravity.curve import gravity_curve
from jiqun.measure.gravity.distances import INTERNAL
from jiqun.measure.gravity.estimate import TERMS, design, gravity
from jiqun.measure.gravity.home_bias import home_bias
from jiqun.measure.regression import Ppml, ppml

__all__ = ["ERRORS", "INTERNAL", "TERMS", "Ppml", "design", "gravity", "gravity_curve", "home_bias", "ppml"]
