// Predictions beside the truth: right, wrong and missed words on the page, and the figures that come of them.
import { on, press, say } from "./deeds.js";
import { ask, Choice, id, made, paint, percent, ready, refuse, repaint, spoken } from "./words.js";
import { Scrubber } from "./epochs.js";
import "./zoom.js";

const pick = (name) => document.querySelector(`.${name}`);
const [model, beside, show, only, least] = ["model", "beside", "show", "only", "least"].map(pick);
const hits = pick("hits");
let answer = { original: { words: [], predictions: [] }, metrics: {} };
let other = new Map();
let at = new Map();
let choice;
let loads = 0;

const bare = (tag) => (tag ?? "O").replace(/^[BI]-/, "");
const sure = (word) => (word.predicted_confidence ?? 1) * 100 >= Number(least.value);
// What is predicted of a word, where less sure predictions than the slider says count as none.
const predicted = (word) => (sure(word) ? word.predicted_label : "O");

function verdict(word) {
  const known = word.is_correct !== undefined && word.is_correct !== null;
  if (!known) return bare(predicted(word)) === "O" ? "" : "unknown";
  const truth = word.ground_truth_label;
  if (truth === undefined || truth === null) return word.is_correct || bare(predicted(word)) === "O" ? "" : "wrong";
  if (predicted(word) === truth) return bare(truth) === "O" ? "" : "right";
  return bare(predicted(word)) === "O" ? "missed" : "wrong";
}

const differs = (word) => other.has(word.word_id) && other.get(word.word_id) !== word.predicted_label;

function fits(word) {
  const labels = [bare(predicted(word)), bare(word.ground_truth_label)];
  if (only.value && !labels.includes(only.value)) return false;
  if (cell && (bare(word.ground_truth_label) !== cell[0] || bare(predicted(word)) !== cell[1])) return false;
  if (show.value === "differs") return differs(word);
  return show.value ? verdict(word) === show.value : verdict(word) !== "" || (cell && true) || differs(word);
}
let cell = null;

paint((index) => {
  const word = at.get(index);
  if (!word) return [];
  const shown = fits(word);
  return [shown ? verdict(word) : "", shown && differs(word) ? "differs" : "", choice?.has(index) ? "chosen-word" : ""].filter(Boolean);
});

function listed() {
  const shown = answer.original.predictions.filter(fits);
  pick("count").textContent = shown.length;
  hits.replaceChildren(...shown.slice(0, 400).map((word) => {
    const truth = word.ground_truth_label ? bare(word.ground_truth_label) : null;
    const said = [spoken(bare(predicted(word))), word.predicted_confidence != null ? percent(word.predicted_confidence) : "", truth && truth !== bare(predicted(word)) ? `truth: ${spoken(truth)}` : "", differs(word) ? `other: ${spoken(bare(other.get(word.word_id)))}` : ""];
    return made("li", {}, made("button", { type: "button", "data-do": "go", "data-index": word.word_id, "data-verdict": verdict(word) || "differs" }, made("strong", {}, word.text), made("span", { class: "small" }, said.filter(Boolean).join(" · "))));
  }));
  repaint();
}

function totals() {
  const verdicts = answer.original.predictions.map(verdict);
  const many = (one) => verdicts.filter((verdict) => verdict === one).length;
  const accuracy = answer.metrics.overall_accuracy;
  const untold = answer.original.predictions.length > 0 && verdicts.every((one) => one === "" || one === "unknown") && accuracy == null;
  const unknown = [["Truth", "not known", "accuracy"], ["Predicted", many("unknown"), "unknown"]];
  const judged = [["Accuracy", accuracy == null ? "no truth" : `${(accuracy * 100).toFixed(1)} %`, "accuracy"], ["Right", many("right"), "right"], ["Wrong", many("wrong"), "wrong"], ["Missed", many("missed"), "missed"]];
  const rows = untold ? unknown : judged;
  document.querySelector(".judged").hidden = untold;
  pick("totals").replaceChildren(...rows.map(([name, value, key]) => made("div", { "data-verdict": key, "data-none": value === 0 }, made("dt", {}, name), made("dd", {}, String(value)))));
}

const share = (value) => (value == null ? "–" : value.toFixed(3));

function tables() {
  const { per_label_f1: f1 = {}, per_label_precision: precision = {}, per_label_recall: recall = {}, per_label_support: support = {} } = answer.metrics;
  const labels = Object.keys(f1).sort((one, two) => (support[two] ?? 0) - (support[one] ?? 0) || one.localeCompare(two));
  pick("by-label").tBodies[0].replaceChildren(...labels.map((label) => made("tr", {}, made("th", { scope: "row" }, made("button", { type: "button", class: "link", "data-do": "only", "data-label": label }, spoken(label))), ...[f1, precision, recall].map((one) => made("td", { class: "figure" }, share(one[label]))), made("td", { class: "figure" }, String(support[label] ?? "")))));
  const seen = new Set(answer.original.predictions.flatMap((word) => [bare(word.predicted_label), bare(word.ground_truth_label)]));
  const kept = only.value;
  only.replaceChildren(made("option", { value: "" }, "all labels"), ...[...seen].filter((label) => label !== "O").sort().map((label) => made("option", { value: label }, spoken(label))));
  only.value = seen.has(kept) ? kept : "";
  matrix();
}

// Truth by prediction; each cell that holds words opens them.
function matrix() {
  const known = answer.original.predictions.filter((word) => word.ground_truth_label);
  const names = [...new Set(known.flatMap((word) => [bare(word.ground_truth_label), bare(predicted(word))]))].sort((one, two) => (one === "O") - (two === "O") || one.localeCompare(two));
  const table = pick("matrix");
  const count = (truth, said) => known.filter((word) => bare(word.ground_truth_label) === truth && bare(predicted(word)) === said).length;
  const name = (label) => (label === "O" ? "Nothing" : spoken(label));
  table.tHead.replaceChildren(made("tr", {}, made("td"), ...names.map((label) => made("th", { scope: "col" }, made("span", {}, name(label))))));
  table.tBodies[0].replaceChildren(...names.map((truth) => {
    const counts = names.map((said) => count(truth, said));
    const all = counts.reduce((sum, one) => sum + one, 0) || 1;
    const level = (many) => (many ? Math.min(5, 1 + Math.floor((many / all) * 5)) : 0);
    return made("tr", {}, made("th", { scope: "row" }, name(truth)), ...names.map((said, place) => made("td", { class: truth === said ? "right" : "", "data-level": level(counts[place]) }, counts[place] ? made("button", { type: "button", "data-do": "cell", "data-truth": truth, "data-said": said, "aria-label": `${counts[place]} words: truth ${name(truth)}, predicted ${name(said)}` }, String(counts[place])) : "")));
  }));
}

const now = (name) => ask(`/v1/inspect/${id}?model=${encodeURIComponent(name)}`);

// Of several questions that were asked quickly after each other the last one is answered.
async function load() {
  const mine = (loads += 1);
  refuse(null);
  try {
    const said = scrubber.run ? scrubber.said() : now(model.value);
    const [first, second] = await Promise.all([said, beside.value ? now(beside.value) : null]);
    if (mine !== loads) return;
    answer = first;
    other = new Map((second?.original.predictions ?? []).map((word) => [word.word_id, word.predicted_label]));
  } catch (problem) {
    return mine === loads && refuse(problem);
  }
  at = new Map(answer.original.predictions.map((word) => [word.word_id, word]));
  if (!choice) {
    choice = new Choice(answer.original.words.map((word) => ({ ...word, index: word.word_id, line: word.line_id })), told);
    choice.listen();
  }
  const info = answer.model_info;
  pick("about-model").replaceChildren(...[["Model", info.model_name], ["Digest", info.digest?.slice(0, 19)], ["Engine", info.engine], ["Run", info.job_id], ["Device", info.device], ["Answered", answer.cached_at]].filter(([, value]) => value).map(([name, value]) => made("div", {}, made("dt", {}, name), made("dd", {}, value))));
  totals();
  tables();
  listed();
}

function told([word]) {
  const one = at.get(word?.index);
  if (!one) return;
  const line = answer.original.lines.find((each) => each.line_id === one.line_id);
  say(`${one.text}: predicted ${spoken(bare(predicted(one)))}${one.ground_truth_label ? `, truth ${spoken(bare(one.ground_truth_label))}` : ""}. Line: ${line?.text ?? ""}`);
}

const place = (index) => choice.words.findIndex((word) => word.index === index);
on("go", (button) => choice.to(place(Number(button.dataset.index))));
on("only", (button) => {
  only.value = only.value === button.dataset.label ? "" : button.dataset.label;
  listed();
});
on("cell", (button) => {
  const next = [button.dataset.truth, button.dataset.said];
  cell = cell && cell[0] === next[0] && cell[1] === next[1] ? null : next;
  document.querySelectorAll(".matrix button").forEach((one) => one.setAttribute("aria-pressed", String(cell !== null && one === button)));
  listed();
  const first = answer.original.predictions.find(fits);
  if (cell && first) choice.to(place(first.word_id));
});
on("line-on", () => choice.line(1, false));
on("line-back", () => choice.line(-1, false));
press("n", "line-on");
press("p", "line-back");
const scrubber = new Scrubber(model, load);
model.addEventListener("change", () => scrubber.choose().then(load));
beside.addEventListener("change", load);
for (const one of [show, only]) one.addEventListener("change", listed);
least.addEventListener("input", () => {
  pick("least-said").textContent = `${least.value} %`;
  totals();
  matrix();
  listed();
});
await scrubber.begin();
await load();
ready();
