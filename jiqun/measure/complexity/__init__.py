"""Relatedness and complexity: which industries go together, and which places have the rare ones."""
