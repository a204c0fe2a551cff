"""Documents of every kind, made up: words with exact boxes and labels, true fields, and images of them.

`generate(kind, seed)` gives one document, `generate_many` a stream, `is_held_out(group)` says which templates are kept
for testing. Words, boxes and truth come without any rendering; `Synthetic.render` draws the pages.
"""

from recto.training.synth.generator import Request, generate, generate_many, is_held_out
from recto.training.synth.noise import noisy
from recto.training.synth.synthetic import Synthetic

__all__ = ["Request", "Synthetic", "generate", "generate_many", "is_held_out", "noisy"]
