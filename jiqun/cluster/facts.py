"""What every extension says about itself, in both languages, before it computes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LANGUAGES", "Language", "Reference", "Words"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in English and Chinese.

    >>> Words("Location quotient", "区位商")["zh"]
    '区位商'
    """

    en: str
    zh: str

    def __getitem__(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a definition comes from.

    >>> Reference("Balassa (1965)", "10.1111/j.1467-9957.1965.tb00050.x").url
    'https://doi.org/10.1111/j.1467-9957.1965.tb00050.x'
    """

    text: str
    doi: str = ""

    @property
    def url(self) -> str:
        """Address of the DOI resolver, empty where the work has no DOI."""
        return f"https://doi.org/{self.doi}" if self.doi else ""
