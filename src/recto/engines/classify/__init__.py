"""Engines that tell the kind of a document."""
