"""Pure steps on paper: bytes to pages, words to lines, labels to spans."""
