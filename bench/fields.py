"""Merchant, date, address and total of the SROIE receipts against their keys: share equal in letters and digits.

    python -m bench.fields [--labeller rules] [--words lines|FILE] [--misses FIELD] [--limit N]

Words come from the box files (`lines`: text lines parted into words by their letters' share of the width), or from a
file of OCR words, one JSON object a line with `id` and `words` (text, box). Merchants are parted in halves by a hash
of their name; the second half was not looked at while the rules were written.
"""

import argparse
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from PIL import Image

from bench.kinds import DATA
from recto.app import build, settings
from recto.document.box import Box
from recto.document.page import Word, Words
from recto.document.reading import Field
from recto.reading.lines import in_lines
from recto.schemas.fields import fields_of

FIELDS: Final = {
    "merchant_name": "company",
    "transaction_date": "date",
    "merchant_address": "address",
    "total": "total",
}
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt of the training part: its words and its key. `unseen` is its merchant's half."""

    id: str
    words: Words
    key: dict[str, str]

    @property
    def unseen(self) -> bool:
        name = plain(self.key["company"])[:9]
        return int(hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 1


def plain(text: str) -> str:
    """Letters and digits, upper case."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def receipts(words: str, data: Path = DATA) -> Iterator[Receipt]:
    """All receipts with a key, in the order of their names, words from where `words` says."""
    folder = data / "sroie" / "train"
    seen = {} if words == "lines" else dict(ocr_words(Path(words)))
    for path in sorted((folder / "key").glob("*.json")):
        found = seen.get(path.stem) if seen else line_words(folder, path.stem)
        if found is not None:
            yield Receipt(path.stem, found, json.loads(path.read_text()))


def ocr_words(path: Path) -> Iterator[tuple[str, Words]]:
    """(id, words) of each line of a file that keeps what OCR saw."""
    for line in path.read_text().splitlines():
        entry = json.loads(line)
        yield (
            entry["id"],
            tuple(
                Word(word["text"], Box(*word["box"]), line=word["line"], confidence=word["confidence"])
                for word in entry["words"]
            ),
        )


def line_words(folder: Path, name: str) -> Words:
    """The words of the true text lines, each as wide as its letters' share of the line."""
    with Image.open(next((folder / "img").glob(f"{name}.*"))) as image:
        width, height = image.size
    words = []
    for line in json.loads((folder / "box" / f"{name}.json").read_text()):
        left, right = min(line["quad"][0::2]) / width, max(line["quad"][0::2]) / width
        top, bottom = min(line["quad"][1::2]) / height, max(line["quad"][1::2]) / height
        step = (right - left) / max(1, len(line["text"]))
        for part in re.finditer(r"\S+", line["text"]):
            words.append(Word(part.group(), Box(left + step * part.start(), top, left + step * part.end(), bottom)))
    return in_lines(words)


def right(name: str, field: Field | None, truth: str) -> bool:
    """Whether a field says what the key says; the day comes first in Malaysia."""
    if field is None or field.value is None:
        return False
    if isinstance(field.value, date):
        return field.value == day_of(truth)
    if name == "total":
        return plain(re.sub(r"RM|\$", "", str(field.value))) == plain(re.sub(r"RM|\$", "", truth.upper()))
    return plain(str(field.value)) == plain(truth)


def day_of(text: str) -> date | None:
    """The day of a key: `25/12/2018`, `04-09-17`, `01 OCT 2018`, `20180304`."""
    digits = [int(number) for number in re.findall(r"\d+", text)]
    named = next((n for n, month in enumerate(MONTHS, 1) if month in text.lower()), None)
    if len(digits) == 1 and len(str(digits[0])) == 8:
        digits = [int(text[-2:]), int(text[4:6]), int(text[:4])]
    elif named and len(digits) == 2:
        digits = [digits[0], named, digits[1]]
    if len(digits) < 3:
        return None
    day, month, year = digits[:3] if digits[0] < 1000 else (digits[2], digits[1], digits[0])
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--labeller", default="rules")
    options.add_argument("--words", default="lines")
    options.add_argument("--misses", default="")
    options.add_argument("--limit", type=int, default=10_000)
    chosen = options.parse_args()
    labeller = build(settings(labeller=[chosen.labeller], classifier=["rules"])).labeller
    scores: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for number, receipt in enumerate(receipts(chosen.words)):
        if number >= chosen.limit:
            break
        tags = labeller.label([(receipt.words, "receipt")])[0]
        fields = {item.name: item for item in fields_of("receipt", receipt.words, tags) if isinstance(item, Field)}
        for name, key in FIELDS.items():
            ok = right(name, fields.get(name), receipt.key[key])
            scores[name, receipt.unseen].append(ok)
            if name == chosen.misses and not ok and not receipt.unseen:
                found = fields.get(name)
                print(f"{receipt.id}\n    got {found and (found.value or found.raw)!r}\n    not {receipt.key[key]!r}")
    print(f"{'field':<18}{'all':>16}{'seen merchants':>18}{'unseen merchants':>18}")
    for name in FIELDS:
        both = [scores[name, False] + scores[name, True], scores[name, False], scores[name, True]]
        print(f"{name:<18}" + "".join(f"{share(v):>{16 if n == 0 else 18}}" for n, v in enumerate(both)))


def share(values: list[bool]) -> str:
    return f"{sum(values) / len(values):.3f} of {len(values)}" if values else "-"


if __name__ == "__main__":
    main()
