"""The sample that `recto sample` gives: a photographed receipt with its true words and fields."""

from recto.training.synth.generator import Request, made
from recto.training.synth.synthetic import Synthetic

_FEWEST, _MOST = 35, 110
"""Words on a receipt that shows something and still is easily looked at."""

_SHOWN = frozenset({"merchant_name", "merchant_address", "transaction_date", "transaction_time", "total_tax", "total"})


def sample(seed: int = 7) -> Synthetic:
    """A receipt as a photograph: the first that is of a fair length and has all that a demo shows."""
    for number in range(10_000):
        found = made(Request("receipt", quality="photo", held_out=False), seed * 10_000 + number)
        if _FEWEST <= len(found.example.words) <= _MOST and found.example.fields.keys() >= _SHOWN and _plain(found):
            return found
    raise AssertionError("one in a few hundred receipts is a sample")


def _plain(found: Synthetic) -> bool:
    """In English and in a till's letters, with a few things bought."""
    items = found.example.fields["items"]
    sheet = found.draft.sheet
    ratio = sheet.height / sheet.width
    face = sheet.inks[0].font.face
    begun = found.example.tags[0] == "B-MERCHANT_NAME"
    return begun and (
        found.draft.language == "en" and 2 <= len(items) <= 9 and 1.4 < ratio < 2.6 and face in ("mono", "till", "thin")
    )
