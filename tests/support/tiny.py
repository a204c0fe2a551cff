"""Vision-language models of a few thousand weights, of the real classes: random, or taught to say one thing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    SmolVLMConfig,
    SmolVLMForConditionalGeneration,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

from recto.document.page import Raster
from recto.engines.vlm.local import Family, Loaded, prompted
from recto.engines.vlm.voice import Ask

TEXT: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 8192,
}
QWEN = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>")
SMOL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>", "<fake_token_around_image>", "<global-img>")
LLAVA = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>")
PIXELS = 28 * 28 * 16
"""Of a picture, for models that choose their own number."""


def template(picture: str) -> str:
    """A chat template of the form that the real models have."""
    return (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for c in m['content'] %}"
        f"{{% if c['type'] == 'image' or 'image_url' in c %}}{picture}{{% else %}}{{{{ c['text'] }}}}{{% endif %}}"
        "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )


def tokenizer(special: tuple[str, ...], text: str, picture: str) -> PreTrainedTokenizerFast:
    """Byte pairs learnt from the text, so that it is short in tokens."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    plain.train_from_iterator([text], trainers.BpeTrainer(vocab_size=700, initial_alphabet=alphabet))
    made = PreTrainedTokenizerFast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=list(special),
    )
    made.chat_template = template(picture)
    return made


def qwen(folder: Path, text: str) -> Loaded:
    """Qwen2.5-VL, saved in the folder."""
    words = tokenizer(QWEN, text, "<|vision_start|><|image_pad|><|vision_end|>")
    ids = {name: words.convert_tokens_to_ids(name) for name in QWEN}
    torch.manual_seed(0)
    config = Qwen2_5_VLConfig(
        text_config={
            **TEXT,
            **ends(ids),
            "vocab_size": len(words),
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4},
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 4,
            "out_hidden_size": 32,
            "fullatt_block_indexes": [1],
        },
        image_token_id=ids["<|image_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    sight = Qwen2VLImageProcessorPil(size={"shortest_edge": 28 * 28, "longest_edge": PIXELS})
    return saved(folder, Loaded(Qwen2_5_VLForConditionalGeneration(config), words, sight))


def smolvlm(folder: Path, text: str) -> Loaded:
    """SmolVLM2, saved in the folder; pictures are cut into four tiles at most."""
    tiles = tuple(f"<row_{row}_col_{column}>" for row in range(1, 3) for column in range(1, 3))
    words = tokenizer((*SMOL, *tiles), text, "<image>")
    ids = {name: words.convert_tokens_to_ids(name) for name in SMOL}
    torch.manual_seed(0)
    config = SmolVLMConfig(
        text_config=LlamaConfig(**TEXT, **ends(ids), vocab_size=len(words)).to_dict(),
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 56,
            "patch_size": 14,
        },
        image_token_id=ids["<image>"],
        scale_factor=2,
    )
    sight = SmolVLMImageProcessorPil(size={"longest_edge": 112}, max_image_size={"longest_edge": 56})
    return saved(folder, Loaded(SmolVLMForConditionalGeneration(config), words, sight))


def llava(folder: Path, text: str) -> tuple[Loaded, LlavaProcessor]:
    """LLaVA, which `transformers serve` runs without torchvision."""
    words = tokenizer(LLAVA, text, "<image>")
    ids = {name: words.convert_tokens_to_ids(name) for name in LLAVA}
    torch.manual_seed(0)
    config = LlavaConfig(
        text_config=LlamaConfig(**TEXT, **ends(ids), vocab_size=len(words)),
        vision_config=CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=56,
            patch_size=14,
        ),
        image_token_id=ids["<image>"],
        image_seq_length=16,
    )
    sight = CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56})
    processor = LlavaProcessor(
        image_processor=sight,
        tokenizer=words,
        patch_size=14,
        vision_feature_select_strategy="default",
        chat_template=words.chat_template,
        num_additional_image_tokens=1,
    )
    made = saved(folder, Loaded(LlavaForConditionalGeneration(config), words, sight))
    processor.save_pretrained(folder)
    return made, processor


def ends(ids: Mapping[str, int]) -> dict[str, Any]:
    return {"eos_token_id": ids["<|im_end|>"], "pad_token_id": ids["<|endoftext|>"], "bos_token_id": None}


def saved(folder: Path, made: Loaded) -> Loaded:
    made.model.generation_config.eos_token_id = made.tokenizer.eos_token_id
    made.model.generation_config.pad_token_id = made.tokenizer.pad_token_id
    made.model.save_pretrained(folder)
    made.tokenizer.save_pretrained(folder)
    made.images.save_pretrained(folder)
    return made


def taught(folder: Path, made: Loaded, inputs: Mapping[str, Any], says: str, steps: int = 250) -> None:
    """The model learns to say that, and no more, to this question; saved again."""
    answer = made.tokenizer(says + "<|im_end|>", return_tensors="pt", add_special_tokens=False)["input_ids"]
    asked = inputs["input_ids"]
    whole = dict(inputs)
    whole["input_ids"] = torch.cat([asked, answer], dim=1)  # (1, asked + answered)
    for key in ("attention_mask", "mm_token_type_ids", "token_type_ids"):
        if key in whole:
            fill = 1 if key == "attention_mask" else 0
            whole[key] = torch.cat([whole[key], torch.full_like(answer, fill, dtype=whole[key].dtype)], dim=1)
    labels = torch.cat([torch.full_like(asked, -100), answer], dim=1)
    made.model.train()
    learner = torch.optim.AdamW(made.model.parameters(), lr=1e-2)
    for _ in range(steps):
        loss = made.model(**whole, labels=labels).loss
        if loss.item() < 0.01:
            break
        learner.zero_grad()
        loss.backward()
        learner.step()
    made.model.eval()
    saved(folder, made)


def taught_here(
    folder: Path, make: Callable[[Path, str], Loaded], family: Family, ask: tuple[str, Raster], says: str
) -> None:
    """A model of one of our families that gives that answer to that question about that picture."""
    text, image = ask
    made = make(folder, text + says)
    taught(folder, made, prompted(family, made, Ask(text, (image,))), says)


def taught_to_serve(folder: Path, ask: tuple[str, Image.Image], says: str) -> None:
    """The same for what `transformers serve` will run."""
    text, image = ask
    made, processor = llava(folder, text + says)
    content = [{"type": "image"}, {"type": "text", "text": text}]
    prompt = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
    taught(folder, made, processor(images=[image], text=prompt, return_tensors="pt"), says)
    processor.save_pretrained(folder)
