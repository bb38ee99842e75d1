"""Names of industries and places in each language, where the data hold both."""

from __future__ import annotations

import re
from itertools import pairwise

from jiqun.cluster import Cluster
from jiqun.report.shapes import Text
from jiqun.space import industry_names, kept, place_names

__all__ = ["both", "industry_title", "place_title"]

_CHINESE = r"[\u3400-\u9fff]"


def both(name: str) -> Text:
    """Take apart a name written in English and then in Chinese, or the other way round.

    Examples
    --------
    >>> both("Packaging 包装材料")
    Text(en='Packaging', zh='包装材料')
    >>> both("北棠2号新区 Beitang District 2").en, both("Grocery").zh, both("A股 上市公司").en
    ('Beitang District 2', 'Grocery', 'A股 上市公司')
    """
    words = name.split()
    chinese = [bool(re.search(_CHINESE, word)) for word in words]
    turns = sum(a != b for a, b in pairwise(chinese))
    if turns != 1:
        return Text(en=name, zh=name)
    english = " ".join(w for w, is_chinese in zip(words, chinese, strict=True) if not is_chinese)
    other = " ".join(w for w, is_chinese in zip(words, chinese, strict=True) if is_chinese)
    if not re.search(r"[A-Za-z]{2}", english):
        return Text(en=name, zh=name)
    return Text(en=english, zh=other)


def industry_title(cluster: Cluster, code: str) -> Text:
    """Give the name of an industry, its code where it has none."""
    return both(industry_names(cluster).get(code, code))


def place_title(cluster: Cluster, place: str) -> Text:
    """Give the name of a place; a column ``name_en`` of the places serves English."""
    title = both(place_names(cluster).get(place, place))
    english = kept(cluster, "place-names-en", lambda: _english(cluster)).get(place)
    return Text(en=english, zh=title.zh) if english else title


def _english(cluster: Cluster) -> dict[str, str]:
    if not cluster.has("places", "name_en"):
        return {}
    frame = cluster.scan("places").select("place_id", "name_en").collect("polars").to_native()
    return {str(place): str(name) for place, name in frame.drop_nulls().rows() if str(name).strip()}
