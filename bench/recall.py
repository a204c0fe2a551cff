"""What it costs to remember what engines said, and what it saves: the stages after OCR, on given words.

    python -m bench.recall [RECEIPTS]

Receipts of SROIE and a bank statement of a thousand rows, by the default engines, with a memory in a SQLite file.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from recto.app import Settings, install
from recto.document.page import Words
from recto.recall import Recall
from recto.stores.forgetful import Forgetful
from recto.stores.sql import Database
from recto.stores.tables import MEMORIES
from recto.training.sources import sroie
from recto.training.synth import generate

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data"))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    folder = DATA / "sroie" / "train"
    receipts = [sroie.words_of(folder, name) for name in sorted(sroie.read_keys(folder))[:: 600 // count][:count]]
    statement = generate("bank_statement", 1, rows=1000, held_out=True).example.words
    with tempfile.TemporaryDirectory() as home:
        app = install(Settings(home=Path(home), engines={"layoutlm": {"threads": 1}}))
        plain = Recall(app.classifier, app.labeller, Forgetful())
        kept = Recall(app.classifier, app.labeller, app.memory)
        think(plain, "warm", receipts[0])
        print(f"{'':>24}{'words':>8}{'asked':>10}{'asked, kept':>14}{'recalled':>10}{'bytes':>8}   (ms)")
        tell(f"{len(receipts)} receipts, median", receipts, plain, kept, app.database)
        tell("statement, 1,000 rows", [statement], plain, kept, app.database)


def think(recall: Recall, document_id: str, words: Words) -> None:
    (guess,) = recall.classify(document_id, [words])
    recall.label(document_id, words, guess.kind)


def tell(name: str, documents: list[Words], plain: Recall, kept: Recall, database: Database) -> None:
    """Milliseconds of each document without a memory, with an empty one, and with one that knows it."""
    rounds = [
        [milliseconds(recall, f"{name} {number}", words) for number, words in enumerate(documents)]
        for recall in (plain, kept, kept)
    ]
    asked, first, again = (statistics.median(one) for one in rounds)
    words = statistics.median(len(words) for words in documents)
    size = stored_bytes(database, name) / len(documents)
    print(f"{name:>24}{words:>8.0f}{asked:>10.2f}{first:>14.2f}{again:>10.2f}{size:>8.0f}")


def stored_bytes(database: Database, name: str) -> int:
    """What the memory holds of the documents of that name."""
    held = sa.select(sa.func.sum(sa.func.length(MEMORIES.c.answer))).where(MEMORIES.c.key.startswith(name))
    with database.reading() as connection:
        return connection.scalar(held) or 0


def milliseconds(recall: Recall, document_id: str, words: Words) -> float:
    begin = time.perf_counter()
    think(recall, document_id, words)
    return 1000 * (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
