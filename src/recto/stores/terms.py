"""Text to the terms that a record is found by: the same on every database, because we cut them ourselves."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Final

# Chinese and Japanese write no spaces: each character is a term, and a search for several wants them all.
TERM: Final = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W_぀-ヿ㐀-鿿豈-﫿]+")
MOST_TERMS: Final = 50_000
"""PostgreSQL's tsvector holds a megabyte; the rarest tail of a 2,000-page file is not found by its words."""
LONGEST: Final = 100


def terms_of(texts: Iterable[str]) -> list[str]:
    """Distinct terms in order, lower case, without accents: `"Café  No.12"` -> `["cafe", "no", "12"]`."""
    found = dict.fromkeys(term[:LONGEST] for text in texts for term in TERM.findall(folded(text)))
    return list(islice(found, MOST_TERMS))


def folded(text: str) -> str:
    """In lower case, without accents, and without the half characters that odd file names are decoded to."""
    spread = unicodedata.normalize("NFKD", text).casefold().encode("utf-8", "ignore").decode()
    return "".join(character for character in spread if not unicodedata.combining(character))
