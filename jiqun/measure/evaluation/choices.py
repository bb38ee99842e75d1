"""Every choice of an evaluation by name: what is taken when nothing is said, and what else there is."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.saying import Wrong, said

__all__ = ["Choices", "choices"]


class Choices(BaseModel):
    """The choices of an evaluation; each is written beside every figure that rests on it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    standardisation: Annotated[
        Literal["min_max", "z"], Field(description="min_max: to 0 … 1; z: deviations from the mean.")
    ] = "min_max"
    over: Annotated[
        Literal["panel", "period", "base"],
        Field(description="Range that counts: of the whole panel, of each period, or of a base period."),
    ] = "panel"
    base: Annotated[str, Field(max_length=20, description="Base period; empty: the first.")] = ""
    outside: Annotated[
        Literal["keep", "clip", "absolute"],
        Field(description="Values outside the range of the base period: kept, cut, or taken without sign."),
    ] = "keep"
    multiply: Annotated[float, Field(gt=0.0, description="Number that standardised values are multiplied by.")] = 1.0
    shift: Annotated[float, Field(ge=0.0, le=1.0, description="Constant added to every standardised value.")] = 0.0
    zeros: Annotated[
        Literal["limit", "replace"],
        Field(description="Zeros under the logarithm of the entropy: 0·ln 0 = 0, or replaced by zero_constant."),
    ] = "limit"
    zero_constant: Annotated[float, Field(gt=0.0, le=0.1, description="What replaces zeros.")] = 1e-10
    weights: Annotated[
        Literal["entropy", "entropy_by_period", "critic", "equal", "ahp", "given", "combined"],
        Field(
            description="entropy: one set for the panel; entropy_by_period: one for each period; critic; equal; ahp: "
            "from the judgements of the system; given: those of the system; combined: entropy and CRITIC, and AHP "
            "where there is one, in balance."
        ),
    ] = "entropy"
    weigh: Annotated[
        Literal["whole", "branch"],
        Field(
            description="whole: weights over all indicators at once; branch: within each branch of the root by itself, "
            "the branches counting alike."
        ),
    ] = "whole"
    allow_inconsistent: Annotated[bool, Field(description="Use judgements whose consistency ratio is 0.1 or more.")] = (
        False
    )
    score: Annotated[
        Literal["linear", "topsis", "dynamic_topsis", "grey"], Field(description="How the score is made.")
    ] = "linear"
    time_degree: Annotated[
        float, Field(gt=0.0, lt=1.0, description="Time degree of dynamic TOPSIS: below 0.5 the recent count more.")
    ] = 0.5
    missing: Annotated[
        Literal["null", "reweight", "interpolate"],
        Field(
            description="Where an indicator is missing: no score; a score of the others; or gaps within a series "
            "filled on a straight line first."
        ),
    ] = "null"
    coupling: Annotated[
        Literal["standard", "modified"],
        Field(description="Formula of the coupling degree; modified: Wang et al. (2021)."),
    ] = "standard"
    groups: Annotated[
        Literal["auto", "parent", "none"],
        Field(
            description="Regions to compare: auto: the four regions of China where places have division codes, else "
            "the places above; parent: the places above; none."
        ),
    ] = "auto"
    classes: Annotated[int, Field(ge=2, le=9, description="Classes of the Markov chains.")] = 4
    class_cut: Annotated[
        Literal["panel", "period", "mean"], Field(description="Quantiles of the panel, of each period, or of ratios.")
    ] = "panel"
    neighbours: Annotated[int, Field(ge=1, le=100, description="Nearest places that are neighbours.")] = 6
    first: Annotated[str, Field(max_length=20, description="First period; empty: the first of the panel.")] = ""
    last: Annotated[str, Field(max_length=20, description="Last period; empty: the last of the panel.")] = ""
    without: Annotated[
        tuple[str, ...],
        Field(
            max_length=1000,
            description="Places left out, such as those whose figures are made up; not said: those the system names.",
        ),
    ] = ()
    changes: Annotated[
        Literal["keep", "today"],
        Field(
            description="Places of China that were merged since: kept as they were, or put into what followed them, "
            "where levels add up and rates do not."
        ),
    ] = "keep"
    controls: Annotated[
        tuple[str, ...], Field(max_length=10, description="Indicators of the panel for conditional convergence.")
    ] = ()
    lags: Annotated[int, Field(ge=1, le=8, description="Lags of Granger tests and local projections.")] = 1
    horizons: Annotated[int, Field(ge=0, le=20, description="Periods ahead of local projections.")] = 5
    simulations: Annotated[int, Field(ge=0, le=99_999, description="Permutations of Moran's I.")] = 999
    draws: Annotated[int, Field(ge=0, le=100_000, description="Draws of weights and standardisation.")] = 1000
    concentration: Annotated[
        float, Field(gt=0.0, le=1e6, description="How firm weights are in the draws: larger is firmer.")
    ] = 20.0
    level: Annotated[float, Field(gt=0.0, lt=1.0, description="Coverage of intervals.")] = 0.9
    top: Annotated[int, Field(ge=1, le=1000, description="How many first places are counted as the top.")] = 10
    seed: Annotated[int, Field(ge=0, description="Seed of everything random.")] = 0

    @model_validator(mode="after")
    def _fitting(self) -> Choices:
        if self.base and self.over != "base":
            raise Wrong('a base period needs over = "base"', '给出基期时须有 over = "base"')
        if self.outside != "keep" and self.over != "base":
            raise Wrong('outside concerns the base period only: over = "base"', 'outside 只用于基期：over = "base"')
        entropy = self.weights in ("entropy", "entropy_by_period", "combined")
        if self.standardisation == "z" and entropy:
            raise Wrong(
                "entropy weights need values ≥ 0, which z-scores are not; use min_max, or critic weights",
                "熵权法要求数值不小于 0，z 标准化不满足；请用 min_max，或改用 critic 赋权",
            )
        return self


def choices(**given: Any) -> Choices:
    """Check choices by name.

    Raises
    ------
    JiqunError
        If there is no choice of a name, a value is not possible, or two do not go together.

    Examples
    --------
    >>> choices(weights="critic").weights
    'critic'
    >>> choices(standardisation="z")
    Traceback (most recent call last):
    jiqun.cluster.errors.JiqunError: evaluate: entropy weights need values ≥ 0, which z-scores are not; ...
    """
    for name in given:
        if name not in Choices.model_fields:
            close = difflib.get_close_matches(name, Choices.model_fields, 1)
            hint, hint_zh = (f" Did you mean {close[0]!r}?", f"是否想写 {close[0]!r}？") if close else ("", "")
            raise JiqunError(
                f"evaluate has no choice {name!r}.{hint} It has: {', '.join(Choices.model_fields)}.",
                f"evaluate 没有选项 {name!r}。{hint_zh}可用：{'、'.join(Choices.model_fields)}。",
            )
    try:
        return Choices.model_validate(given)
    except ValidationError as error:
        where, words = said(error)
        if not where:
            raise JiqunError(f"evaluate: {words.en}.", f"evaluate：{words.zh}。") from error
        value = repr(error.errors()[0]["input"])[:80]
        raise JiqunError(
            f"evaluate: {where} = {value} is not right: {words.en}.",
            f"evaluate：{where} = {value} 不合要求：{words.zh}。",
        ) from error
