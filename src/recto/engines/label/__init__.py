"""Engines that put a label on each word."""
