"""Pages written as text: each line `word|LABEL word word`, words placed on a grid, tags made from the labels."""

from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Tag

LINE = 0.02
LETTER = 0.01


def paper(text, page=1, confidence=None):
    """(words, tags) of lines such as `TOTAL {GRAND_TOTAL: RM 9.00}`; `@30` moves to that column."""
    words, tags = [], []
    for number, line in enumerate(part for part in text.strip("\n").split("\n")):
        column, label, begun = 0, None, False
        for token in line.replace("{", " { ").replace("}", " } ").split():
            if token.startswith("@") and token[1:].isdigit():
                column = int(token[1:])
            elif token == "{":
                label, begun = "", False
            elif token == "}":
                label = None
            elif label == "":
                label = token.removesuffix(":")
            else:
                left = 0.02 + column * LETTER
                box = Box(left, 0.02 + number * LINE, left + len(token) * LETTER, 0.02 + number * LINE + LINE * 0.8)
                words.append(Word(token, box, page, number, 0.99))
                name = "O" if label is None else f"{'I' if begun else 'B'}-{label}"
                tags.append(Tag(name, confidence if label else None))
                begun = label is not None
                column += len(token) + 1
    return tuple(words), tuple(tags)


def pages(*texts):
    """Several such pages as one document."""
    both = [paper(text, number) for number, text in enumerate(texts, 1)]
    return tuple(w for words, _ in both for w in words), tuple(t for _, tags in both for t in tags)
