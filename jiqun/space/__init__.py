"""How near is near, twice: actors on the map, and firms joined by the counterparts they share."""

from jiqun.space.actors import actors, industry_names, place_names, selected, within_industry
from jiqun.space.boundaries import ATTRIBUTION, NOTICE, boundaries, boundary_names, boundary_with, covering
from jiqun.space.digital import Shared, Sides, shared_counterparts, sides
from jiqun.space.exchanges import Exchanges, exchanges
from jiqun.space.expectation import chance, shared
from jiqun.space.frames import typed, usable
from jiqun.space.kept import forget, kept
from jiqun.space.layout import layout
from jiqun.space.periods import Calendar, Grain, Window, calendar, parse, period_code, window
from jiqun.space.physical import activity, bounds, cells, hexagons, panel_values, place_activity, points

__all__ = [
    "ATTRIBUTION",
    "NOTICE",
    "Calendar",
    "Exchanges",
    "Grain",
    "Shared",
    "Sides",
    "Window",
    "activity",
    "actors",
    "boundaries",
    "boundary_names",
    "boundary_with",
    "bounds",
    "calendar",
    "cells",
    "chance",
    "covering",
    "exchanges",
    "forget",
    "hexagons",
    "industry_names",
    "kept",
    "layout",
    "panel_values",
    "parse",
    "period_code",
    "place_activity",
    "place_names",
    "points",
    "selected",
    "shared",
    "shared_counterparts",
    "sides",
    "typed",
    "usable",
    "window",
    "within_industry",
]
