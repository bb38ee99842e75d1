"""Query parameters that several endpoints share: a period, and what makes the digital space."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

__all__ = ["InteractionsAsked", "PeriodAsked"]

PeriodAsked = Annotated[
    str,
    Query(
        max_length=20,
        description="A period, or the first and the last with a slash (`2017-03/2017-06`). Empty: all time.",
        examples=["2017"],
    ),
]
InteractionsAsked = Annotated[
    list[str] | None,
    Query(
        max_length=20,
        description="What makes the digital space: a kind (`order`), `column=value`, `column!=value`, or `ties`; "
        "repeat it, or put commas between. Values of one column are alternatives, different columns hold together. "
        "`/spaces` lists those the cluster has. Empty: everything.",
        examples=[["kind=order"]],
    ),
]
