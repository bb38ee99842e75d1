"""Indices of digital space: they read links of actors and counterparts, one row each."""
