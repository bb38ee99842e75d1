"""Concentration and specialisation: who has more than their share."""
