"""Made-up forms, statements and checks: every field exact, by kind; from given words, or from pixels by our own OCR.

    python -m bench.forms [KIND ...] [--labeller layoutlm] [--quality clean|scan|photo] [--count 15] [--misses FIELD]

Templates are those that the generator keeps apart for testing; `--develop` takes the others, to be looked at. What
Recto's own OCR saw of a page is kept under `.cache/ocr/forms`, so a second run of the same code needs no OCR.
`read` counts what was read where nothing is true: a share of all that was read.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, get_args

from recto.app import App, build, settings
from recto.document.page import Page, Words
from recto.document.reading import Field, Table
from recto.pipeline import upright
from recto.reading.seen import Seen, numbered, seen_from_json, seen_json
from recto.recall import LOOKS, code_digest
from recto.schemas.catalog import schema_of
from recto.schemas.fields import Item, fields_of
from recto.training.example import Example, Quality, Truth
from recto.training.synth.generator import Request, generate_many
from recto.training.synth.synthetic import Synthetic

KINDS: Final = (
    "W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098",
    "check", "bank_statement", "credit_card_statement",
)  # fmt: skip
CACHE: Final = Path(__file__).parents[1] / ".cache" / "ocr" / "forms"
SEEDS: Final = {False: 7, True: 11}
"""Documents to look at while the rules are mended have other seeds and other templates than those of the figures."""


@dataclass(slots=True)
class Tally:
    """Right, true and falsely read values by field; a table counts its rows."""

    right: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)

    @property
    def exact(self) -> float:
        return self.right.total() / max(self.true.total(), 1)

    @property
    def false(self) -> float:
        """What was read where nothing stands, as a share of all that was read."""
        return self.extra.total() / max(self.true.total() + self.extra.total(), 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("kinds", nargs="*", default=KINDS)
    options.add_argument("--labeller", default="layoutlm")
    options.add_argument("--quality", default="clean", choices=get_args(Quality))
    options.add_argument("--count", type=int, default=15)
    options.add_argument("--develop", action="store_true")
    options.add_argument("--misses", default="", help="a field, or `all`")
    options.add_argument("--worst", action="store_true", help="each kind's fields under 0.97")
    chosen = options.parse_args()
    app = build(settings(labeller=[chosen.labeller], classifier=["rules"]))
    print(f"{'kind':<24}{'exact':>8}{'values':>8}{'false':>8}")
    for kind in chosen.kinds:
        tally = Tally()
        for made in documents(kind, chosen.quality, chosen.count, chosen.develop):
            score(app, made, tally, chosen.misses)
        print(f"{kind:<24}{tally.exact:>8.3f}{tally.true.total():>8}{tally.false:>8.3f}", flush=True)
        if chosen.worst:
            tell_worst(tally)


def documents(kind: str, quality: Quality, count: int, develop: bool) -> Iterator[Synthetic]:
    """Made-up documents of templates kept apart, or of the others."""
    return generate_many(Request(kind, quality, held_out=not develop), count, SEEDS[develop])


def score(app: App, made: Synthetic, tally: Tally, misses: str) -> None:
    """Count one document's fields, and print those that were asked for."""
    compare(app, replace(made.example, words=words_of(app, made, made.example)), tally, misses)


def compare(app: App, example: Example, tally: Tally, misses: str = "") -> None:
    """Count the fields that are read from an example's words, and print those that were asked for."""
    tags = app.labeller.label([(example.words, example.kind)])[0]
    found = {item.name: item for item in fields_of(example.kind, example.words, tags)}
    for name, truth in example.fields.items():
        got = found.get(name)
        right = rows_right(got, truth) if isinstance(truth, list) else int(single_right(got, truth))
        wanted = len(truth) if isinstance(truth, list) else 1
        tally.right[name] += right
        tally.true[name] += wanted
        read = len(got.rows) if isinstance(got, Table) else wanted
        tally.extra[name] += max(read - wanted, 0)
        if misses in (name, "all") and (right < wanted or read > wanted):
            print(f"  {example.id} {example.group} {name}\n      got {shown(got)}\n      not {truth}")
    for name, got in found.items():
        if name not in example.fields and says(got) and not is_untold(example, name):
            tally.extra[name] += len(got.rows) if isinstance(got, Table) else 1
            if misses in (name, "all"):
                print(f"  {example.id} {example.group} {name}\n      got {shown(got)}\n      not there")


def is_untold(example: Example, name: str) -> bool:
    """Whether the truth says nothing of a field: it follows from the whole document, or only its words are known."""
    spec = schema_of(example.kind).field(name)
    labelled = any(tag and tag[2:].startswith(f"{name}.") for tag in example.tags)
    return labelled or (spec is not None and spec.derived)


def says(item: Item) -> bool:
    """Whether something was read from words of the page."""
    if isinstance(item, Table):
        return bool(item.rows)
    return item.value is not None and bool(item.words)


def words_of(app: App, made: Synthetic, example: Example) -> Words:
    """The given words of a clean document; of any other what OCR sees on its pixels."""
    if made.quality == "clean":
        return example.words
    named = repr([(word.text, word.page) for word in example.words])
    key = hashlib.sha1(
        f"{example.id}/{made.draft.paper}280/{code_digest(LOOKS)}/{app.ocr.engine.key}/{named}".encode(),
        usedforsecurity=False,
    ).hexdigest()
    path = CACHE / f"{key}.json"
    if not path.is_file():
        pages = [
            Seen(upright(Page(number, raster.width, raster.height), sight), numbered(sight.words, number))
            for number, raster in enumerate(made.render(), 1)
            for sight in app.ocr.read([raster])
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([seen_json(page) for page in pages]))
    return tuple(word for page in json.loads(path.read_text()) for word in seen_from_json(page).words)


def single_right(got: Item | None, truth: Truth) -> bool:
    if isinstance(got, Field) and got.type == "phone":
        return _dialled(got.value).endswith(_dialled(truth)) and bool(_dialled(truth))
    return isinstance(got, Field) and same(got.value, str(truth))


def _dialled(value: object) -> str:
    """A telephone number's digits without the zero that only the country's own callers dial."""
    return plain(str(value).replace("(0)", "")).lstrip("0")


def rows_right(got: Item | None, truth: Sequence[Mapping[str, str]]) -> int:
    """How many true rows were read with every cell right, each read row counted once."""
    rows = [row.cells for row in got.rows] if isinstance(got, Table) else []
    right = 0
    for true in truth:
        hit = next((row for row in rows if all(k in row and same(row[k].value, v) for k, v in true.items())), None)
        if hit is not None:
            rows.remove(hit)
            right += 1
    return right


def same(value: object, truth: str) -> bool:
    """Money, numbers and dates as values, texts by their letters and digits."""
    if value is None:
        return False
    if isinstance(value, bool):
        return str(value).lower() == truth
    if isinstance(value, date):
        return value.isoformat() == truth
    if isinstance(value, Decimal):
        try:
            return value == Decimal(truth.rstrip("%"))
        except InvalidOperation:
            return False
    return plain(str(value)) == plain(truth)


def plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def shown(got: Item | None) -> object:
    if isinstance(got, Table):
        return [{name: str(cell.value) for name, cell in row.cells.items()} for row in got.rows]
    return got and (str(got.value), got.raw)


def tell_worst(tally: Tally) -> None:
    names = [
        name for name in tally.true | tally.extra if tally.right[name] < 0.97 * tally.true[name] or tally.extra[name]
    ]
    for name in sorted(names, key=lambda name: tally.right[name] - tally.true[name] - tally.extra[name]):
        print(f"    {name:<52}{tally.right[name]:>4} of {tally.true[name]:<4} false {tally.extra[name]}")


if __name__ == "__main__":
    main()
