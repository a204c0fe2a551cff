"""Engines that turn pixels into words."""
