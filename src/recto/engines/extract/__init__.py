"""Engines that state the values on a document."""
