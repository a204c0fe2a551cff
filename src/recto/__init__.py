"""Recto turns pages into records you can trust."""

__version__ = "0.1.0"
