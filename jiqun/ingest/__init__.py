"""How it comes in: declarative recipes, one module for each kind of source, and the refresh that never does harm."""

from jiqun.ingest.build import Ingested, ingest
from jiqun.ingest.drafting import draft
from jiqun.ingest.example_clusters import Example, build_example, examples
from jiqun.ingest.generated import Generated, Planted, generate
from jiqun.ingest.limits import Limits
from jiqun.ingest.recipe import Recipe, RecipeError, load_recipe, parse_recipe
from jiqun.ingest.shipped import shipped_recipes
from jiqun.ingest.sources import SourceError

__all__ = [
    "Example",
    "Generated",
    "Ingested",
    "Limits",
    "Planted",
    "Recipe",
    "RecipeError",
    "SourceError",
    "build_example",
    "draft",
    "examples",
    "generate",
    "ingest",
    "load_recipe",
    "parse_recipe",
    "shipped_recipes",
]
