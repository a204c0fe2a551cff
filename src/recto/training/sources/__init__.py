"""Where examples come from: one importer a format, each giving `Example`s."""
