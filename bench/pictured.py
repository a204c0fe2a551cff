"""Made-up documents as Recto's own OCR reads their pictures: fields exact by kind and quality, the whole pipeline.

    python -m bench.pictured [KIND ...] [--misses FIELD|all]

Templates are those that the generator keeps apart for testing. The words are those that the shipped
model is calibrated with, in `.cache/ocr/pictured.jsonl`; `--read` reads what is not there yet (a quarter of an hour).
"""

import argparse
from collections import defaultdict

from bench.decisions import CACHE
from bench.forms import Tally, compare
from recto.app import build, settings
from recto.training.sources import pictured


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("kinds", nargs="*")
    options.add_argument("--misses", default="", help="a field, or `all`")
    options.add_argument("--read", action="store_true", help="read what was not read before")
    chosen = options.parse_args()
    app = build(settings(labeller=["layoutlm"], classifier=["rules"]))
    cache = CACHE / "pictured.jsonl"
    if chosen.read or not cache.is_file():
        pictured.picture(cache, app.ocr)
    tallies: defaultdict[str, defaultdict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for example in pictured.examples(cache):
        if example.kind in (chosen.kinds or [example.kind]):
            quality = example.id.rsplit("/")[-1]
            compare(app, example, tallies[example.kind][quality], chosen.misses)
    print(f"{'kind':<24}" + "".join(f"{quality:>16}" for quality in pictured.QUALITIES))
    for kind in sorted(tallies):
        shares = (tallies[kind][quality] for quality in pictured.QUALITIES)
        print(f"{kind:<24}" + "".join(f"{each.exact:>8.3f} of{each.true.total():>5}" for each in shares))


if __name__ == "__main__":
    main()
