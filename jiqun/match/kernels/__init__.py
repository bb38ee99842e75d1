"""Compiled loops of the match room, each beside a plain NumPy reference in its tests."""
