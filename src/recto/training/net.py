"""The network: transformers' own LayoutLM in a compact configuration, its place embeddings begun as waves."""

import math

import torch
from transformers import LayoutLMConfig, LayoutLMForTokenClassification

from recto.engines.label.features import GRID, TYPES
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


def based_on(base: str, outputs: int, vocabulary: int) -> LayoutLMForTokenClassification:
    """Weights of a LayoutLM in a folder or in transformers' cache, with new outputs and our vocabulary and types."""
    config = LayoutLMConfig.from_pretrained(base)
    config.num_labels, config.type_vocab_size = outputs, TYPES
    net: LayoutLMForTokenClassification = LayoutLMForTokenClassification.from_pretrained(
        base, config=config, ignore_mismatched_sizes=True
    )
    if net.config.vocab_size != vocabulary:
        net.resize_token_embeddings(vocabulary)
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
