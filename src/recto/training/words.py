"""The words that the OCR engine's spelling knows: those of training receipts and of made-up documents of every kind.

    python -m recto.training.words

A word counts once for each merchant or made-up document that has it. Validation receipts are left out.
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from recto.document.kinds import KINDS
from recto.engines.ocr.spelling import WORDS
from recto.training.datasets import made
from recto.training.example import Example
from recto.training.recipe import split
from recto.training.sources import sroie

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


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, default=Path(os.environ.get("RECTO_DATA", "../shared/data")))
    asked.add_argument("--out", type=Path, default=WORDS)
    given = asked.parse_args()
    receipts = split(sroie.examples(given.data / "sroie" / "train")).train
    counts = words_of(receipts) + words_of(e for kind in KINDS for e in made(kind, EACH, 60_000_000, held_out=False))
    lines = [f"{word} {count}\n" for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    given.out.write_text("".join(lines), "utf-8")
    sys.stdout.write(f"{len(lines)} words in {given.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
