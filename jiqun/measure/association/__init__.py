"""Spatial association: whether places that are near each other have like values of an index."""
