"""Evaluation and co-evolution: from an indicator system and a panel to scores, and what follows from them.

The whole chain is one call, :func:`evaluate`; each step is a function of arrays in a module of its own.
"""
