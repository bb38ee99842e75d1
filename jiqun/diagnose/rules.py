"""Every diagnosis by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jiqun.cluster import Cluster, MissingColumn, MissingTable, UnknownName, Words
from jiqun.diagnose.diagnosis import NOT_COMPUTABLE, Diagnosis
from jiqun.diagnose.kind_rule import kind
from jiqun.diagnose.mode_rule import mode

__all__ = ["RULES", "TITLES", "diagnose"]

RULES: Mapping[str, Callable[..., Diagnosis]] = MappingProxyType({"mode": mode, "kind": kind})
TITLES: Mapping[str, Words] = MappingProxyType(
    {"mode": Words("Mode of agglomeration", "集聚模式"), "kind": Words("Kind of cluster", "集群类型")}
)


def diagnose(cluster: Cluster, what: str = "mode", **parameters: Any) -> Diagnosis:
    """Diagnose a cluster.

    Parameters
    ----------
    cluster
        The data.
    what
        Name of a rule, one of :data:`RULES`.
    **parameters
        Of the rule.

    Returns
    -------
    Diagnosis
        With the label ``not_computable`` and the reason where the data lack what the rule needs.

    Raises
    ------
    UnknownName
        If there is no such rule.

    Examples
    --------
    >>> made = diagnose(Cluster.from_tables(), "mode")
    >>> made.label, made.missing[0].en[:45]
    ('not_computable', 'diagnose mode is not computable: needs table ')
    """
    if what not in RULES:
        raise UnknownName("choice", what, RULES)
    try:
        return RULES[what](cluster, **parameters)
    except (MissingTable, MissingColumn) as error:
        why = error.words or Words(str(error), str(error))
        return Diagnosis(what, "not_computable", NOT_COMPUTABLE, why, None, (), (why,))
