"""Who with: needs and those who can serve them – searched, ranked, explained, and held against plain browsing.

>>> from jiqun.match.text import terms
>>> terms("压铸 die-casting")
['压', '铸', '压铸', 'die', 'casting']
"""

from __future__ import annotations

from jiqun.match.evaluate import Outcome, evaluate_book, evaluate_matching
from jiqun.match.matching import Matcher, Matches, match, prepare

__all__ = ["Matcher", "Matches", "Outcome", "evaluate_book", "evaluate_matching", "match", "prepare"]
