"""One file a migration, each with its way back."""
