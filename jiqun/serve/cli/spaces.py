"""Options that several commands share: a period, and what makes the digital space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Option

__all__ = ["interactions_option", "period_option"]

F = TypeVar("F", bound=Callable[..., Any])


def period_option(function: F) -> F:
    """Add the option that chooses a period."""
    return click.option(
        "--period",
        cls=Option,
        words=Words(
            "A period: 2012, 2012-Q1, 2012-03, or two with a slash (2012/2013).",
            "时期：2012、2012-Q1、2012-03，或用斜杠连接起止（2012/2013）。",
        ),
    )(function)


def interactions_option(function: F) -> F:
    """Add the option that chooses what makes the digital space; repeated, or with commas between."""
    return click.option(
        "--interactions",
        multiple=True,
        cls=Option,
        words=Words(
            "What makes the digital space: a kind (order), column=value (channel=platform) or ties; repeat for more.",
            "构成数字空间的互动：类型（order）、列=值（channel=platform）或 ties；可重复。",
        ),
    )(function)
