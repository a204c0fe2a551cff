"""A WordPiece tokenizer of our own: small letters, digits as one sign, numbers kept in one piece where frequent."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import NFKC, BertNormalizer, Lowercase, Replace, Sequence, StripAccents
from tokenizers.pre_tokenizers import BertPreTokenizer, Split
from tokenizers.trainers import WordPieceTrainer
from transformers import AutoTokenizer

from recto.document.errors import BadRequest

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""Their ids are 0..4."""

_PARTS = r"\d[\d.,:/\-]*\d|\d|[^\W\d_]+|[^\w\s]|_+"
"""A number with its inner signs, a run of letters, or one other sign."""


def untrained(digits_apart: bool) -> Tokenizer:
    """An empty tokenizer; without `digits_apart` every digit is a 0, so that `12.50` and `37.80` are one token."""
    steps = [NFKC(), Lowercase(), StripAccents()]
    if not digits_apart:
        steps.append(Replace(Regex(r"[0-9]"), "0"))
    tokenizer = Tokenizer(WordPiece(unk_token=SPECIAL[1], max_input_chars_per_word=60))
    tokenizer.normalizer = Sequence(steps)
    pattern = r"\d|[^\W\d_]+|[^\w\s]|_+" if digits_apart else _PARTS
    tokenizer.pre_tokenizer = Split(Regex(pattern), behavior="isolated")
    return tokenizer


def learn(texts: Iterable[str], size: int, digits_apart: bool = False) -> Tokenizer:
    """A tokenizer of at most `size` pieces learned from `texts`."""
    tokenizer = untrained(digits_apart)
    trainer = WordPieceTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        show_progress=False,
        initial_alphabet=[*"abcdefghijklmnopqrstuvwxyz0123456789"],
        limit_alphabet=400,
    )
    tokenizer.train_from_iterator(_nonempty(texts), trainer)
    return tokenizer


def brought(base: str) -> Tokenizer:
    """The tokenizer that these weights were trained with: beside them in their folder, or in transformers' own cache.

    Raises BadRequest for a folder without one: other pieces would mean nothing to its weights.
    """
    folder = Path(base)
    if (folder / "tokenizer.json").is_file():
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    if (folder / "vocab.txt").is_file():
        tokenizer = Tokenizer(WordPiece.from_file(str(folder / "vocab.txt"), unk_token=SPECIAL[1]))
        tokenizer.normalizer, tokenizer.pre_tokenizer = BertNormalizer(lowercase=True), BertPreTokenizer()
        return tokenizer
    if folder.is_dir():
        raise BadRequest(f"{base} has weights but neither tokenizer.json nor vocab.txt.")
    own: Tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    return own


def _nonempty(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if text.strip())


def vocabulary_lines(tokenizer: Tokenizer) -> str:
    """The text of `vocab.txt`: one piece a line, in the order of their ids."""
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return "".join(f"{piece}\n" for piece, _ in pieces)
