"""Clusters with a known truth: generated firms, buyers and trade in two spaces."""

from jiqun.ingest.generated.build import Generated, generate, write_generated
from jiqun.ingest.generated.plan import QUADRANTS, Plan, Planted, default_planted
from jiqun.ingest.generated.truth import ellison_glaeser_gamma

__all__ = [
    "QUADRANTS",
    "Generated",
    "Plan",
    "Planted",
    "default_planted",
    "ellison_glaeser_gamma",
    "generate",
    "write_generated",
]
