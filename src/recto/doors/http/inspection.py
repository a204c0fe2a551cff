"""The form of an inspection: predictions beside the truth. docs/inspection.d.ts is written from it."""

from pydantic import BaseModel, ConfigDict

from recto.document.label import Source


class _Part(BaseModel):
    """What is given of it has the given form; fields that are not set are left out of the answer."""

    model_config = ConfigDict(extra="forbid")


class InspectedPage(_Part):
    """A page; width and height in points (PDF) or pixels (image)."""

    number: int
    width: float
    height: float


class InspectedReceipt(_Part):
    """The document, with its single fields in canonical form."""

    id: str
    name: str
    kind: str
    pages: list[InspectedPage]
    fields: dict[str, str | None]


class InspectedLine(_Part):
    """A line of words; `box` is left, top, right, bottom as shares of the page."""

    line_id: int
    page: int
    text: str
    box: list[float]


class InspectedWord(_Part):
    """A word; `key` is what its label hangs on (`PUT /v1/documents/{id}/labels/{key}`)."""

    word_id: int
    line_id: int
    key: str
    page: int
    text: str
    box: list[float]
    confidence: float | None


class GroundTruthLabel(_Part):
    """A label that holds (VALID)."""

    word_id: int
    line_id: int
    label: str
    tag: str
    source: Source
    at: str


class Prediction(_Part):
    """What the model says of a word. `is_correct` only where something is known of the word."""

    word_id: int
    line_id: int
    text: str
    predicted_label: str
    predicted_label_base: str
    predicted_confidence: float | None
    class_probabilities: dict[str, float]
    base_probabilities: dict[str, float]
    ground_truth_label: str | None = None
    ground_truth_label_base: str | None = None
    is_correct: bool | None = None


class LinePrediction(_Part):
    """The same, line by line."""

    line_id: int
    tokens: list[str]
    predicted_labels: list[str]
    confidences: list[float | None]
    ground_truth_labels: list[str | None] | None = None


class Original(_Part):
    """The document, the truth and the predictions."""

    receipt: InspectedReceipt
    lines: list[InspectedLine]
    words: list[InspectedWord]
    ground_truth_labels: list[GroundTruthLabel]
    predictions: list[Prediction]
    line_predictions: list[LinePrediction]


class InspectionMetrics(_Part):
    """As `recto evaluate` gives them for the same document; `words` is of how many something is known."""

    overall_accuracy: float | None
    per_label_f1: dict[str, float]
    per_label_precision: dict[str, float]
    per_label_recall: dict[str, float]
    per_label_support: dict[str, int]
    words: int


class ModelInfo(_Part):
    """Which model it was, the run that it came of, where it was pulled from, and what it ran on."""

    model_name: str
    digest: str | None
    engine: str
    job_id: str | None
    s3_uri: str | None
    device: str


class InspectionAnswer(_Part):
    """One document as a model sees it, beside the truth. `seconds` by stage, where it was made beforehand."""

    original: Original
    metrics: InspectionMetrics
    model_info: ModelInfo
    cached_at: str
    seconds: dict[str, float] | None = None


class JudgedRun(_Part):
    """A training run that judged the document."""

    id: str
    name: str
    state: str
    started_at: str | None


class JudgedRuns(_Part):
    """The newest first."""

    runs: list[JudgedRun]


class JudgedEpoch(_Part):
    """The document after an epoch, by the truth of then: [right, found, there] of its entities, words and fields.

    `figure` is of all documents that were judged. `predictions` says whether they were kept.
    """

    epoch: int
    loss: float
    figure: float | None
    entities: list[int]
    words: list[int]
    fields: list[int]
    wrong_words: int
    predictions: bool


class InspectionRun(JudgedRun):
    """The same with the document's epochs."""

    epochs: list[JudgedEpoch]


class Spread(_Part):
    """The least, the mean and the greatest."""

    min: float
    mean: float
    max: float


class AggregatedModel(_Part):
    """A model whose answers are in the pool."""

    model_name: str
    digest: str | None
    job_id: str | None


class InspectionAggregate(_Part):
    """Over the answers of the pool."""

    documents: int
    accuracy: Spread | None
    seconds: Spread | None
    documents_per_second: float | None
    words_per_second: float | None
    models: list[AggregatedModel]
    newest: str | None
    oldest: str | None
