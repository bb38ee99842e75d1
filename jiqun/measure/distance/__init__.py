"""Agglomeration by distance: one file for each index."""
