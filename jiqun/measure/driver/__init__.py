"""What drives a cluster: supply-side or demand-side economies of scale, from its dated interactions.

The whole is one call, :func:`driver_profile`; the estimators are functions of arrays in modules of their own.
"""

from jiqun.measure.driver.cells import Cells, cells
from jiqun.measure.driver.cross_side import CrossSide, cross_side
from jiqun.measure.driver.matching import Matching, matching_function
from jiqun.measure.driver.position import ASSUMPTIONS, LABELS, Position, position
from jiqun.measure.driver.profile import DriverProfile, driver_profile
from jiqun.measure.driver.unit_cost import scale_elasticity
from jiqun.measure.driver.variety import lambda_gain, variety_gain
from jiqun.measure.regression import Fit, regress

__all__ = [
    "ASSUMPTIONS",
    "LABELS",
    "Cells",
    "CrossSide",
    "DriverProfile",
    "Fit",
    "Matching",
    "Position",
    "cells",
    "cross_side",
    "driver_profile",
    "lambda_gain",
    "matching_function",
    "position",
    "regress",
    "scale_elasticity",
    "variety_gain",
]
