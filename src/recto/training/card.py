"""The model's card: what it is, what it was trained on, how good it is, where it fails, under which licence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import LayoutLMConfig, LayoutLMForTokenClassification

from recto.engines.label.bundle import open_bundle

_FEW = 8

_TEXT = """# {name}

A compact LayoutLM (v1) that labels the words of receipts, invoices, tax forms, statements and checks.
{parameters:.1f} M parameters, {layers} layers of {hidden}; a WordPiece vocabulary of {vocabulary} pieces in which every
digit is one sign. Windows of {window} tokens. Digest `{digest}`.

## Data
Trained on the training part of SROIE (ICDAR 2019 Robust Reading Challenge on Scanned Receipts, CC BY 4.0), on its
given words and on the words of Recto's own OCR, and on made-up documents from Recto's generator. Nothing else.
Validation receipts are of merchants that are in no training data; their list is frozen{frozen}.
Hash of the training documents' ids `{train}`, of the validation documents' `{validation}`.

## Figures
Measured with the int8 network, words and kind given. Fields are exact after keeping letters and digits only.
95 % intervals by bootstrap over documents. `held-out`: the documents that the confidence was fitted on, each half
of their groups judged by a fit on the other half.

| data | documents | field F1 | entity F1 | word-label F1 | ECE | AUROC of errors |
|---|---|---|---|---|---|---|
{rows}

{fields}
{kinds}

## Limits
The real receipts that it was trained on are Malaysian, in English and Malay, from 2016 to 2018. What it knows
of other countries, and of every kind but receipts, comes from the generator. Handwriting is not read. An item's columns
are told apart by place and look; a receipt without captions for its amounts misleads it. Confidence was fitted on
held-out documents of these sources and holds for documents like them; on photographs of other countries it is
still too high, by four to five hundredths (`wildreceipt` above).

## Licence
Weights: Apache-2.0. SROIE: CC BY 4.0, Zheng Huang, Kai Chen, Jianhua He, Xiang Bai, Dimosthenis Karatzas, Shijian Lu,
C. V. Jawahar, "ICDAR2019 Competition on Scanned Receipt OCR and Information Extraction".
"""


def card(folder: Path, metrics: Mapping[str, Any], digest: str) -> str:
    """The card of the bundle in `folder`, in Markdown."""
    bundle = open_bundle(str(folder))
    facts = json.loads((folder / "recto.json").read_text(encoding="utf-8"))
    config = LayoutLMConfig.from_pretrained(folder)
    return _TEXT.format(
        name=bundle.name,
        parameters=LayoutLMForTokenClassification(config).num_parameters() / 1e6,
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        vocabulary=config.vocab_size,
        window=bundle.tokens,
        digest=digest,
        frozen="" if facts.get("comparable") else " (not here: this run is not comparable with others)",
        train=facts.get("hashes", {}).get("train", "")[:16],
        validation=facts.get("hashes", {}).get("validation", "")[:16],
        rows="\n".join(_row(name, table) for name, table in metrics.items() if "calibration" in table),
        fields="\n".join(_fields(name, table) for name, table in metrics.items() if "fields" in table),
        kinds="\n".join(_kinds(name, table) for name, table in metrics.items() if "accuracy" in table),
    )


def _row(name: str, table: Mapping[str, Any]) -> str:
    sure = table["calibration"]
    shown = [name, str(table["documents"])]
    for part in ("fields", "entities", "words"):
        shown.append(_figure(table[part]) if part in table else "")
    shown += [f"{sure['ece']:.3f}", f"{sure['auroc']:.3f}"] if sure.get("auroc") else ["", ""]
    return f"| {' | '.join(shown)} |"


def _figure(part: Mapping[str, Any]) -> str:
    low, high = part["interval"]
    return f"{part['f1']:.3f} ({low:.3f} to {high:.3f})"


def _kinds(name: str, table: Mapping[str, Any]) -> str:
    low, high = table["interval"]
    told = f"{table['accuracy']:.3f} ({low:.3f} to {high:.3f}) of {table['documents']}"
    return f"Kinds told ({name}): {told} made-up documents of templates kept apart."


def _fields(name: str, table: Mapping[str, Any]) -> str:
    """Each field of a set of few; of the sets of many kinds `metrics.json` has them."""
    if len(table["fields"]["by_label"]) > _FEW:
        return f"Fields of {name}: {len(table['fields']['by_label'])}, each with its figures in `metrics.json`."
    scores = ", ".join(f"{field} {score['f1']:.3f}" for field, score in table["fields"]["by_label"].items())
    return f"Fields of {name}: {scores}."
