"""What the OCR engine's spelling knows: words of training receipts and made-up documents, lines of merchants' heads.

    python -m recto.training.words

A word counts once for each merchant or made-up template that has it. The lines are those of the training receipts'
names and addresses. Validation receipts are left out of both.
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from recto.document.kinds import KINDS
from recto.engines.ocr.spelling import LINES, WORDS, known_lines
from recto.training.datasets import made
from recto.training.example import Example
from recto.training.recipe import split
from recto.training.sources import sroie

_HEAD: Final = ("MERCHANT_NAME", "ADDRESS_LINE")

EACH: Final = 40
"""Made-up documents of each kind."""


def words_of(examples: Iterable[Example]) -> Counter[str]:
    """In how many groups (merchants, templates) each word of three letters or more stands; not those of one alone."""
    groups: dict[str, set[str]] = {}
    for example in examples:
        texts = " ".join(word.text.upper() for word in example.words)
        groups.setdefault(example.group or example.id, set()).update(re.findall(r"(?<!\w)[^\W\d_]{3,}(?!\w)", texts))
    counts = Counter(word for words in groups.values() for word in words)
    return Counter({word: count for word, count in counts.items() if count > 1})


def lines_of(examples: Iterable[Example]) -> frozenset[str]:
    """The keys of the lines of names and addresses."""
    found = []
    for example in examples:
        told = zip(example.words, example.tags, strict=True)
        head = [word for word, tag in told if tag is not None and tag[2:] in _HEAD]
        for _, row in groupby(head, key=lambda word: (word.page, word.line)):
            found.append("".join(word.text for word in row))
    return known_lines(found)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path(os.environ.get("RECTO_DATA", "../shared/data")))
    given = asked.parse_args()
    receipts = split(sroie.examples(given.data / "sroie" / "train")).train
    counts = words_of(receipts) + words_of(e for kind in KINDS for e in made(kind, EACH, 60_000_000, held_out=False))
    rows = [f"{word} {count}\n" for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    WORDS.write_text("".join(rows), "utf-8")
    lines = sorted(lines_of(receipts))
    LINES.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    sys.stdout.write(f"{len(rows)} words, {len(lines)} lines\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
