"""The nouns that every part of Recto speaks in, and the tree of errors: standard library only."""
