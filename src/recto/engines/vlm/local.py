"""A vision-language model of transformers' classes, in this process; torch loads with the first question.

The pictures' tokens are put into the prompt here rather than by transformers' processors, which want a reader of videos
and torchvision with it. Each family says how in one function.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from recto import __version__
from recto.document.errors import EngineFailed, EngineUnavailable
from recto.document.page import Raster
from recto.document.reading import Engine
from recto.engines.vlm.prompts import prompts_version
from recto.engines.vlm.replies import circles
from recto.engines.vlm.voice import Ask, Reply
from recto.engines.vlm.weights import fingerprint
from recto.engines.wire.breaker import Breaker

if TYPE_CHECKING:
    import torch

Pictures = tuple[Mapping[str, Any], Sequence[str]]
"""What the model takes of the pictures, and the tokens that stand for each in the prompt."""

Seeing = Callable[[Any, Any, Sequence[Any]], Pictures]
"""(image processor, model's config, PIL images) to Pictures."""

PLACE: Final = "<recto-picture>"
"""Where a picture's tokens will stand; in no vocabulary."""


@dataclass(frozen=True, slots=True)
class Family:
    """What tells one family of models from another: its class in transformers, and how it sees."""

    name: str
    architecture: str
    processor: str
    see: Seeing
    picture: str
    """How the chat template writes a picture."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Weights and what goes before them."""

    model: Any
    tokenizer: Any
    images: Any


class LocalVoice:
    """A model in a folder (or by its name on the hub, which transformers then fetches). One question at a time."""

    def __init__(self, family: Family, model: str, device: str = "") -> None:
        self.family = family
        self.model = model
        self.device = device
        self._lock = threading.Lock()
        # Weights that are not there need not be looked for at every question.
        self._loading = Breaker(failures=1, rest=60.0)

    @cached_property
    def engine(self) -> Engine:
        version = f"{__version__}+{prompts_version()}"
        name = Path(self.model).name if Path(self.model).is_dir() else self.model
        return Engine(self.family.name, version, name, fingerprint(Path(self.model)))

    def say(self, ask: Ask, temperature: float) -> Reply:
        """The complete answer. Raises EngineFailed for one that is cut off or runs in circles."""
        with self._lock:
            with self._loading.guarding():
                loaded = self._loaded
            inputs = prompted(self.family, loaded, ask)
            ids, odds = generated(loaded, inputs, ask.most, temperature)
        return reply_of(loaded.tokenizer, ids, odds)

    @cached_property
    def _loaded(self) -> Loaded:
        """Raises EngineUnavailable where the libraries or the weights are not there."""
        try:
            import torch
            import transformers
        except ImportError as missing:
            raise EngineUnavailable(f"{self.family.name} needs the extra `vlm`: {missing}") from missing
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
            images = image_processor(self.family.processor).from_pretrained(self.model)
            dtype = torch.float32 if device == "cpu" else torch.bfloat16
            architecture = getattr(transformers, self.family.architecture)
            model = architecture.from_pretrained(self.model, dtype=dtype).to(device).eval()
        except (OSError, ValueError, RuntimeError) as wrong:
            raise EngineUnavailable(f"{self.model} cannot be loaded: {str(wrong).splitlines()[0]}") from wrong
        return Loaded(model, tokenizer, images)


def image_processor(target: str) -> Any:
    """The class at `module:name`, which works on Pillow's images."""
    import importlib

    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def prompted(family: Family, loaded: Loaded, ask: Ask) -> dict[str, Any]:
    """What the model is given: token ids (1, tokens), and the pictures as it sees them.

    The template writes the pictures first; what looks like one behind them came with the question and is left out.
    """
    import torch

    seen, tokens = family.see(loaded.images, loaded.model.config, [picture(image) for image in ask.images])
    content = [*({"type": "image"} for _ in ask.images), {"type": "text", "text": ask.text}]
    messages = [{"role": "user", "content": content}]
    text = loaded.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    text = text.replace(family.picture, PLACE, len(ask.images)).replace(family.picture, "")
    for each in tokens:
        text = text.replace(PLACE, each, 1)
    ids = loaded.tokenizer(text, return_tensors="pt", add_special_tokens=False)  # (1, tokens)
    marks = (ids["input_ids"] == loaded.model.config.image_token_id).to(torch.int32)
    extra = {"mm_token_type_ids": marks} if "image_grid_thw" in seen else {}
    return {
        key: value.to(loaded.model.device) for key, value in {**ids, **seen, **extra}.items() if torch.is_tensor(value)
    }


def picture(image: Raster) -> Any:
    from PIL import Image

    return Image.frombuffer("RGB", (image.width, image.height), image.pixels, "raw", "RGB", 0, 1)


class Odds:
    """Listens to the choosing of tokens: the logarithm of the probability that the model gave each chosen one.

    It keeps one row of the vocabulary, where `generate` would keep one a token.
    """

    def __init__(self) -> None:
        self.logarithms: list[float] = []
        self._last: torch.Tensor | None = None

    def __call__(self, ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """As a logits processor before any temperature: ids (1, tokens), scores (1, vocabulary)."""
        self.chosen(int(ids[0, -1]))
        self._last = scores[0].float().log_softmax(-1)  # (vocabulary,)
        return scores

    def chosen(self, token: int) -> None:
        if self._last is not None:
            self.logarithms.append(float(self._last[token]))
            self._last = None


def generated(
    loaded: Loaded, inputs: Mapping[str, Any], most: int, temperature: float
) -> tuple[list[int], list[float]]:
    """The new tokens, and the logarithm of each one's probability."""
    import torch

    heat = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
    odds = Odds()
    with torch.inference_mode():
        out = loaded.model.generate(
            **inputs,
            **heat,
            max_new_tokens=most,
            logits_processor=[odds],
            pad_token_id=loaded.tokenizer.pad_token_id,
            eos_token_id=loaded.tokenizer.eos_token_id,
        )
    ids = out[0, inputs["input_ids"].shape[1] :].tolist()
    if ids:
        odds.chosen(ids[-1])
    return ids, odds.logarithms


def reply_of(tokenizer: Any, ids: Sequence[int], odds: Sequence[float]) -> Reply:
    """The text with its tokens. Raises EngineFailed where it is not a whole answer."""
    if not ids or ids[-1] != tokenizer.eos_token_id:
        raise EngineFailed("The model did not come to an end.")
    text = tokenizer.decode(ids[:-1], skip_special_tokens=True)
    if not text.strip():
        raise EngineFailed("The model said nothing.")
    if circles(text):
        raise EngineFailed("The model said the same over and over.")
    return Reply(text, tuple((tokenizer.decode([token]), odd) for token, odd in zip(ids[:-1], odds, strict=False)))
