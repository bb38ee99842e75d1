"""The profile: prose, six key figures and six figures, all from the same facts."""

from __future__ import annotations

from jiqun.cluster import Cluster, UnknownName, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.engine.derived import derived
from jiqun.report.cards import card
from jiqun.report.drawing import Drawing, Facts, draw, figures, key_figures
from jiqun.report.numbers import fitted
from jiqun.report.prose import opening, reservations
from jiqun.report.shapes import Figure, Kpi, Profile, Sentence
from jiqun.space import kept

__all__ = ["figure", "profile"]

FIGURES = 6
KEY_FIGURES = 6
SENTENCES = 8

_STEP = Words("Computing the profile", "计算集群画像")


def figure(cluster: Cluster, name: str) -> Figure:
    """Give one figure by id; kept on disk.

    Raises
    ------
    UnknownName
        If there is no figure of this id.
    """
    if name not in figures():
        raise UnknownName("figure", name[:60], figures())
    held = kept(
        cluster,
        f"figure:{name}",
        lambda: derived(cluster, f"figure-{name}", lambda: _drawn(cluster, name)),
    )
    return Figure.model_validate_json(held)


def _drawn(cluster: Cluster, name: str) -> str:
    return draw(cluster, name)[0].model_dump_json()


def profile(cluster: Cluster, *, progress: Progress = silent) -> Profile:
    """Give the profile of a cluster, whatever tables it has; kept on disk.

    Parameters
    ----------
    cluster
        The data.
    progress
        Told of each figure.

    Examples
    --------
    >>> import polars as pl
    >>> page = profile(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a", "b"], "kind": ["firm", "firm"]})))
    >>> page.sentences[0].text.en
    'The cluster “Cluster” holds 2 firms.'
    """
    held = kept(
        cluster, "profile", lambda: derived(cluster, "profile", lambda: _profile(cluster, progress).model_dump_json())
    )
    return Profile.model_validate_json(held)


def _profile(cluster: Cluster, progress: Progress) -> Profile:
    known = figures()
    drawn: list[tuple[Facts, Figure, Drawing]] = []
    for done, (id_, facts) in enumerate(known.items()):
        progress(_STEP, done, len(known))
        shape, made = draw(cluster, id_)
        if made is not None:
            drawn.append((facts, shape, made))
    progress(_STEP, len(known), len(known))
    chosen = drawn[:FIGURES]
    return Profile(
        cluster=card(cluster),
        sentences=_sentences(cluster, chosen),
        kpis=_kpis(cluster, drawn),
        figures=[shape for _, shape, _ in chosen],
    )


def _sentences(cluster: Cluster, chosen: list[tuple[Facts, Figure, Drawing]]) -> list[Sentence]:
    first, last = opening(cluster), reservations(cluster)
    room = SENTENCES - len(first) - len(last)
    said = [
        Sentence(text=fitted(made.prose or made.takeaway), figure=facts.id)
        for facts, _, made in chosen
        if (made.prose or made.takeaway).en
    ]
    return [*first, *said[: max(room, 3)], *last]


def _kpis(cluster: Cluster, drawn: list[tuple[Facts, Figure, Drawing]]) -> list[Kpi]:
    """Take one key figure of each drawing in the order of the page, then the second of each, until there are six."""
    rounds = max((len(made.key) for _, _, made in drawn), default=0)
    every = [
        kpi
        for turn in range(rounds)
        for facts, _, made in drawn
        for kpi in key_figures(cluster, facts, made)[turn : turn + 1]
    ]
    return every[:KEY_FIGURES]
