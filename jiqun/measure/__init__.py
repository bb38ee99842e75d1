"""How much: one file for each index, a folder for each family.

>>> indices()["location_quotient"].title
Words(en='Location quotient', zh='区位商')
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jiqun.cluster import Cluster
from jiqun.measure.index import Bounds, Index, Law, Needs, Space, find, index, registered
from jiqun.measure.placed import Placed, annotated
from jiqun.measure.read import table_of

if TYPE_CHECKING:
    from jiqun.measure.bootstrapping import bootstrap
    from jiqun.measure.conventions import presets
    from jiqun.measure.enveloping import envelope
    from jiqun.measure.explaining import explain
    from jiqun.measure.latex import to_latex
    from jiqun.measure.multiple import adjust
    from jiqun.measure.one_pass import together
    from jiqun.measure.plotting import plot

__all__ = [
    "Bounds",
    "Index",
    "Law",
    "Needs",
    "Space",
    "adjust",
    "bootstrap",
    "envelope",
    "explain",
    "index",
    "indices",
    "measure",
    "plot",
    "presets",
    "to_latex",
    "together",
]

_LATER = MappingProxyType(
    {
        "adjust": "multiple",
        "bootstrap": "bootstrapping",
        "envelope": "enveloping",
        "explain": "explaining",
        "plot": "plotting",
        "presets": "conventions",
        "to_latex": "latex",
        "together": "one_pass",
    }
)
"""Functions that are imported when they are first used, and the module of each."""


def indices() -> Mapping[str, Index]:
    """Give every index by name.

    Each module in a family folder of this room is imported once: to add an index is to add a file.
    """
    for family in pkgutil.iter_modules(__path__, f"{__name__}."):
        if family.ispkg:
            package = import_module(family.name)
            for module in pkgutil.iter_modules(package.__path__, f"{family.name}."):
                import_module(module.name)
    return registered()


def measure(
    cluster: Cluster,
    name: str,
    *,
    space: Space | Placed = "physical",
    period: str | None = None,
    interactions: str | list[str] | None = None,
    kind: str | None = "firm",
    preset: str | None = None,
    **parameters: Any,
) -> Any:
    """Compute an index of a cluster.

    Parameters
    ----------
    cluster
        The cluster; the index names the table and columns it needs.
    name
        Name of the index, see :func:`indices`.
    space
        ``"physical"`` or ``"digital"``. In the digital space the place of an actor is its community in the network of
        the interactions, its position the spectral coordinates (see the page “Two spaces” of the documentation).
        A :class:`~jiqun.measure.placed.Placed` says more, such as the resolution of the communities.
    period
        Only what is there, or happens, in a period (``"2020"``, ``"2020-Q1/2020-Q3"``). For an index that has a
        parameter of this name it is that parameter.
    interactions
        Which interactions make the digital space, such as ``"order"`` or ``["channel=platform", "kind=view"]``; None
        takes all.
    kind
        Kind of actors that are measured, where the table says it: firms, so that buyers are not taken for
        plants. An actor of unknown kind counts as one. None measures all.
    preset
        Conventions of another package, such as ``"econgeo"``, see :func:`presets`; parameters that are given win.
    **parameters
        Parameters of the index.

    Returns
    -------
    frame
        Tidy table: keys, ``value``, ``low``, ``high`` …; Polars for a cluster on disk, else the caller's library.
        In the digital space it also says which interactions made the space, and of indices of places how many
        communities there are and how stable they are over seeds.

    Raises
    ------
    UnknownName
        If there is no such index, or no such preset.
    MissingTable, MissingColumn
        If the cluster lacks what the index needs.
    JiqunError
        If the index is not defined in that space, a parameter is not right, or the preset lacks the index.

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", "q"], "industry_id": ["i", "j"]})
    >>> measure(Cluster.from_tables(actors=firms), "location_quotient", replicates=0)["value"].to_list()
    [2.0, 0.0, 0.0, 2.0]
    """
    chosen = find(name, indices())
    if preset is not None:
        from jiqun.measure.conventions import parameters_of

        parameters = {**parameters_of(preset, chosen.name), **parameters}
    if period is not None and "period" in chosen.parameters.model_fields:
        parameters, period = {**parameters, "period": period}, None
    placed = space if isinstance(space, Placed) else Placed(space, period, interactions)
    table = table_of(cluster, chosen, space=placed, kind=kind, parameters=parameters)
    return annotated(chosen.function(table, **parameters), cluster, chosen, placed)


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    if not name.startswith("_") and name in indices():
        return indices()[name].function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
