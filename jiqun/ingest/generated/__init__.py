"""Clusters with a known truth: generated firms, buyers and trade in two spaces."""

from jiqun.ingest.generated.build import ABOUT, Generated, demo_plan, fingerprint, generate, write_generated
from jiqun.ingest.generated.plan import QUADRANTS, Plan, Planted, default_planted
from jiqun.ingest.generated.truth import ellison_glaeser_gamma

__all__ = [
    "ABOUT",
    "QUADRANTS",
    "Generated",
    "Plan",
    "Planted",
    "default_planted",
    "demo_plan",
    "ellison_glaeser_gamma",
    "fingerprint",
    "generate",
    "write_generated",
]
