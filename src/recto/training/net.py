"""The network: transformers' own LayoutLM in a compact configuration, its place embeddings begun as waves."""

import math
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from transformers import LayoutLMConfig, LayoutLMForTokenClassification

from recto.engines.label.features import GRID, TYPES
from recto.engines.label.windows import CLS, SEP
from recto.training.batches import Batch


def config_of(outputs: int, vocabulary: int, hidden: int = 256, layers: int = 4, heads: int = 4) -> LayoutLMConfig:
    """A LayoutLM of a few million parameters: feed-forward four times `hidden`, windows up to 512 tokens."""
    return LayoutLMConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * hidden,
        max_position_embeddings=512,
        max_2d_position_embeddings=GRID + 24,
        type_vocab_size=TYPES,
        num_labels=outputs,
        pad_token_id=0,
    )


def fresh(config: LayoutLMConfig) -> LayoutLMForTokenClassification:
    """An untrained network."""
    net = LayoutLMForTokenClassification(config)
    embeddings = net.layoutlm.embeddings
    tables = ("position", "x_position", "y_position", "h_position", "w_position")
    for number, name in enumerate(tables):
        table = getattr(embeddings, f"{name}_embeddings").weight
        with torch.no_grad():
            table.copy_(waves(table.shape[0], table.shape[1], seed=number))
    return net


def named(config: LayoutLMConfig, outputs: Sequence[str]) -> LayoutLMConfig:
    """The configuration with a name for each output, so that another run can begin from these weights."""
    config.id2label = dict(enumerate(outputs))
    config.label2id = {name: number for number, name in enumerate(outputs)}
    return config


def based_on(base: str, outputs: Sequence[str], tokenizer: Tokenizer) -> LayoutLMForTokenClassification:
    """The weights of a LayoutLM in a folder or in transformers' cache, with these outputs, for this tokenizer's pieces.

    An output that the base has by the same name keeps its weights; another begins anew. Token types that the base
    does not have begin as its type 0. The signs that stand at the ends of a window begin as its own signs for that,
    which another vocabulary has at other places.
    """
    old: LayoutLMForTokenClassification = LayoutLMForTokenClassification.from_pretrained(base)
    config = named(LayoutLMConfig.from_pretrained(base), outputs)
    config.type_vocab_size = TYPES
    net = LayoutLMForTokenClassification(config)
    kept = {k: v for k, v in old.state_dict().items() if v.shape == net.state_dict()[k].shape and "classifier" not in k}
    net.load_state_dict(kept, strict=False)
    with torch.no_grad():
        types = old.layoutlm.embeddings.token_type_embeddings.weight
        if len(types) != TYPES:
            net.layoutlm.embeddings.token_type_embeddings.weight.copy_(types[0].expand(TYPES, -1))
        for number, name in enumerate(outputs):
            before = old.config.label2id.get(name)
            if before is not None:
                net.classifier.weight[number] = old.classifier.weight[before]
                net.classifier.bias[number] = old.classifier.bias[before]
    if config.vocab_size != tokenizer.get_vocab_size():
        net.resize_token_embeddings(tokenizer.get_vocab_size())
    pieces = net.layoutlm.embeddings.word_embeddings.weight
    with torch.no_grad():
        for sign, place in (("[CLS]", CLS), ("[SEP]", SEP)):
            pieces[place] = pieces[tokenizer.token_to_id(sign)].clone()
    return net


def waves(rows: int, columns: int, seed: int) -> torch.Tensor:
    """(rows, columns): sines and cosines of many lengths, so that near places begin with like embeddings.

    After "Attention is all you need" (2017), section 3.5; each table's columns are shuffled so that tables differ.
    """
    place = torch.arange(rows, dtype=torch.float32)[:, None]  # (rows, 1)
    rates = torch.exp(torch.arange(0, columns, 2) * (-math.log(10_000.0) / columns))  # (columns / 2,)
    table = torch.cat([torch.sin(place * rates), torch.cos(place * rates)], dim=1)  # (rows, columns)
    order = torch.randperm(columns, generator=torch.Generator().manual_seed(seed))
    return 0.03 * table[:, order]


def word_logits(net: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs of every word, the mean over its tokens, (batch, words, outputs); and of [CLS], (batch, outputs)."""
    logits = net(
        input_ids=batch.ids, bbox=batch.boxes, attention_mask=batch.attention, token_type_ids=batch.types
    ).logits.float()  # (batch, tokens, outputs)
    words = batch.targets.shape[1]
    slots = batch.owner.clamp(min=0) + (batch.owner < 0) * words  # (batch, tokens): special ones to a spare slot
    share = torch.nn.functional.one_hot(slots, words + 1)[..., :words].to(logits)  # (batch, tokens, words)
    share = share / share.sum(dim=1, keepdim=True).clamp(min=1)
    return share.transpose(1, 2) @ logits, logits[:, 0]


def averaged(
    one: LayoutLMForTokenClassification, other: LayoutLMForTokenClassification
) -> LayoutLMForTokenClassification:
    """A network with the mean of two networks' weights, which have one shape and one ancestor."""
    net = LayoutLMForTokenClassification(other.config)
    first, second = one.state_dict(), other.state_dict()
    net.load_state_dict({k: (first[k] + second[k]) / 2 if first[k].is_floating_point() else second[k] for k in second})
    return net
