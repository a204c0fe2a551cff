"""Kinds, their typed fields, values, checks, and the crosswalk to the names of other systems."""
