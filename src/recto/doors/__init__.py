"""The ways in: command line, HTTP, worker."""
