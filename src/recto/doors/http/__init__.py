"""The HTTP door: the API and the web pages."""
