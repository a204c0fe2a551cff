"""Stand-ins of services that cannot run here, for tests and for developing without an account."""
