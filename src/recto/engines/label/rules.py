"""The labeller that needs no model: captions, shapes, places and sums, one set of rules a kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from recto.document.assurance import UNMEASURED, Assurance
from recto.document.page import Words
from recto.document.reading import Engine, Span, Tags
from recto.engines.label.cheques import check_spans
from recto.engines.label.forms import form_spans
from recto.engines.label.invoices import invoice_spans
from recto.engines.label.pairs import other_spans
from recto.engines.label.receipts import receipt_spans
from recto.engines.label.rows import Row, rows_of
from recto.engines.label.spans import tags_of
from recto.engines.label.statements import statement_spans

VERSION: Final = "1"
Rules = Callable[[Words, Sequence[Row]], list[Span]]
STATEMENTS: Final = ("bank_statement", "credit_card_statement")
LED: Final = frozenset({*STATEMENTS, "check"})
"""Kinds that the rules read far better than the shipped network, on given words and on photographs."""
FORMS: Final = ("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098")
CAPTIONED: Final = frozenset({"invoice", *FORMS})
"""Kinds whose rules go by captions: mostly right where they say something, and silent where a caption is not known."""
RULES: Final[Mapping[str, Rules]] = {
    "receipt": lambda words, rows: receipt_spans(rows),
    "invoice": invoice_spans,
    "check": check_spans,
    "other": other_spans,
    **{kind: statement_spans(kind) for kind in STATEMENTS},
    **{kind: form_spans(kind) for kind in FORMS},
}


class RulesLabeller:
    """Tags words by rules. No tag carries a confidence: a rule's worth is not measured a word."""

    @property
    def engine(self) -> Engine:
        return Engine("rules", VERSION)

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        """One tag a word for each document; a kind without rules gets none but `O`."""
        return [_label(words, kind) for words, kind in documents]

    def assurance(self, kind: str) -> Assurance:
        """None: rules have no measured confidence."""
        return UNMEASURED


def _label(words: Words, kind: str) -> Tags:
    rules = RULES.get(kind)
    return tags_of(len(words), rules(words, rows_of(words)) if rules else ())
