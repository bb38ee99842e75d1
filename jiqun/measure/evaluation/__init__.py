"""Evaluation and co-evolution: from an indicator system and a panel to scores, and what follows from them.

The whole chain is one call, :func:`evaluate`; each step is a function of arrays in a module of its own.
"""

from jiqun.measure.evaluation.choices import Choices
from jiqun.measure.evaluation.evaluate import Evaluation, evaluate
from jiqun.measure.evaluation.system import System, load_system, parse_system, systems

__all__ = ["Choices", "Evaluation", "System", "evaluate", "load_system", "parse_system", "systems"]
