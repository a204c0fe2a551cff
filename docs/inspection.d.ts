// Written by docs/write_types.py from the OpenAPI document; not to be edited.

/** One document as a model sees it, beside the truth. `seconds` by stage, where it was made beforehand. */
export interface InspectionAnswer {
  original: Original;
  metrics: InspectionMetrics;
  model_info: ModelInfo;
  cached_at: string;
  seconds?: Record<string, number> | null;
}

/** The document, the truth and the predictions. */
export interface Original {
  receipt: InspectedReceipt;
  lines: InspectedLine[];
  words: InspectedWord[];
  ground_truth_labels: GroundTruthLabel[];
  predictions: Prediction[];
  line_predictions: LinePrediction[];
}

/** The document, with its single fields in canonical form. */
export interface InspectedReceipt {
  id: string;
  name: string;
  kind: string;
  pages: InspectedPage[];
  fields: Record<string, string | null>;
}

/** A page; width and height in points (PDF) or pixels (image). */
export interface InspectedPage {
  number: number;
  width: number;
  height: number;
}

/** A line of words; `box` is left, top, right, bottom as shares of the page. */
export interface InspectedLine {
  line_id: number;
  page: number;
  text: string;
  box: number[];
}

/** A word; `key` is what its label hangs on (`PUT /v1/documents/{id}/labels/{key}`). */
export interface InspectedWord {
  word_id: number;
  line_id: number;
  key: string;
  page: number;
  text: string;
  box: number[];
  confidence: number | null;
}

/** A label that holds (VALID). */
export interface GroundTruthLabel {
  word_id: number;
  line_id: number;
  label: string;
  tag: string;
  source: "model" | "person" | "import";
  at: string;
}

/** What the model says of a word. `is_correct` only where something is known of the word. */
export interface Prediction {
  word_id: number;
  line_id: number;
  text: string;
  predicted_label: string;
  predicted_label_base: string;
  predicted_confidence: number | null;
  class_probabilities: Record<string, number>;
  base_probabilities: Record<string, number>;
  ground_truth_label?: string | null;
  ground_truth_label_base?: string | null;
  is_correct?: boolean | null;
}

/** The same, line by line. */
export interface LinePrediction {
  line_id: number;
  tokens: string[];
  predicted_labels: string[];
  confidences: (number | null)[];
  ground_truth_labels?: (string | null)[] | null;
}

/** As `recto evaluate` gives them for the same document; `words` is of how many something is known. */
export interface InspectionMetrics {
  overall_accuracy: number | null;
  per_label_f1: Record<string, number>;
  per_label_precision: Record<string, number>;
  per_label_recall: Record<string, number>;
  per_label_support: Record<string, number>;
  words: number;
}

/** Which model it was, the run that it came of, where it was pulled from, and what it ran on. */
export interface ModelInfo {
  model_name: string;
  digest: string | null;
  engine: string;
  job_id: string | null;
  s3_uri: string | null;
  device: string;
}

/** Over the answers of the pool. */
export interface InspectionAggregate {
  documents: number;
  accuracy: Spread | null;
  seconds: Spread | null;
  documents_per_second: number | null;
  words_per_second: number | null;
  models: AggregatedModel[];
  newest: string | null;
  oldest: string | null;
}

/** The least, the mean and the greatest. */
export interface Spread {
  min: number;
  mean: number;
  max: number;
}

/** A model whose answers are in the pool. */
export interface AggregatedModel {
  model_name: string;
  digest: string | null;
  job_id: string | null;
}

/** The newest first. */
export interface JudgedRuns {
  runs: JudgedRun[];
}

/** A training run that judged the document. */
export interface JudgedRun {
  id: string;
  name: string;
  state: string;
  started_at: string | null;
}

/** The same with the document's epochs. */
export interface InspectionRun {
  id: string;
  name: string;
  state: string;
  started_at: string | null;
  epochs: JudgedEpoch[];
}

/** The document after an epoch, by the truth of then: [right, found, there] of its entities, words and fields.  `figure` is of all documents that were judged. `predictions` says whether they were kept. */
export interface JudgedEpoch {
  epoch: number;
  loss: number;
  figure: number | null;
  entities: number[];
  words: number[];
  fields: number[];
  wrong_words: number;
  predictions: boolean;
}
