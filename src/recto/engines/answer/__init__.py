"""Engines that answer questions about a document."""
