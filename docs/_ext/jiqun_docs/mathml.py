"""Formulas as MathML, which browsers draw themselves: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

__all__ = ["add_renderer", "mathml"]


def mathml(tex: str, *, block: bool = False) -> str:
    r"""Give TeX as MathML.

    >>> mathml(r"\frac{a}{b}").startswith("<math")
    True
    """
    return str(latex2mathml.tex2mathml(_SIZES.sub("", tex), as_block=block))


# MathML stretches brackets to what they hold; the converter does not know the commands that do it by hand.
_SIZES = re.compile(r"\\[bB]igg?[lr]?(?![A-Za-z])")


def add_renderer(app: Sphinx) -> None:
    """Offer the renderer to Sphinx as ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, _unused), (_block, _unused))


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode


def _unused(translator: HTML5Translator, node: nodes.Element) -> None:
    """The visitors above never leave anything to depart from."""
