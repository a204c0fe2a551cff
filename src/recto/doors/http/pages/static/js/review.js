// A document that a person settles: values corrected beside the page, words given to them, parts read again.
import { on, press, say } from "./deeds.js";
import { here, reveal, sheet, turnTo } from "./sheet.js";
import { ask, Choice, id, made, markOf, paint, percent, plainly, ready, refuse, repaint, spoken } from "./words.js";
import "./zoom.js";

const choice = new Choice([], (places) => chosen(places));
const form = document.querySelector(".review");
const toldRegion = document.querySelector(".region");
const overrule = document.getElementById("overrule");
let standing = await ask(`/v1/review/${id}`);
let words = new Map();
let keys = new Map();
let active = null; // the input whose value is being looked at
let left = null; // the one that was left by Esc, to choose words by keys
let given = new Set(); // words that were given to it, by index
let since = performance.now();
let spent = 0;

// Time counts while the page can be seen.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) spent += performance.now() - since;
  since = performance.now();
});
function seconds() {
  const all = spent + (document.hidden ? 0 : performance.now() - since);
  spent = 0;
  since = performance.now();
  return Math.round(all / 100) / 10;
}

const inBox = (word, field) => (field.boxes ?? []).some((box) => word.page === field.page && word.box[0] < box[2] && word.box[2] > box[0] && (word.box[1] + word.box[3]) / 2 > box[1] && (word.box[1] + word.box[3]) / 2 < box[3]);
const carriers = (field) => standing.labels.words.filter((word) => inBox(word, field)).map((word) => word.index);

// Which of the documents of the file an element belongs to.
const partOf = (element) => Number(element.closest("[data-part]").dataset.part);
const readingOf = (element) => standing.reading.parts?.[partOf(element)] ?? standing.reading;

function placeOf(input) {
  return { part: partOf(input), name: input.dataset.table ?? input.name, row: input.dataset.row === undefined ? null : Number(input.dataset.row), column: input.dataset.column ?? "" };
}

function fieldOf(input) {
  const { name, row, column } = placeOf(input);
  const item = readingOf(input).fields.find((field) => field.name === name);
  return row === null ? item : item?.rows?.[row]?.[column];
}

// Every value as it is now, what is doubtful about it beside it.
function fill() {
  // Documents were joined, or that was undone: the form is another one.
  if ((standing.reading.parts?.length ?? 1) !== form.querySelectorAll(".part-form").length) return location.reload();
  words = new Map(standing.labels.words.map((word) => [word.index, word]));
  keys = new Map(standing.labels.words.map((word) => [word.index, word.word]));
  for (const entry of form.querySelectorAll(".entry")) {
    const input = entry.querySelector("input");
    const field = fieldOf(input);
    input.value = field?.value ?? field?.raw ?? "";
    input.readOnly = false; // what is typed before the values are here would be lost
    input.dataset.was = input.value;
    const doubts = [field && field.confidence != null && percent(field.confidence), field?.grounding === "not_found" && "stands nowhere on the page", field?.grounding === "ambiguous" && "stands in several places", !field && entry.querySelector(".needed") && "missing"].filter(Boolean);
    entry.querySelector(".hint").textContent = doubts.join(" · ");
    entry.dataset.doubt = String(Boolean(field ? field.confidence != null && field.confidence < 0.8 : entry.querySelector(".needed")));
  }
  const place = active?.isConnected ? placeOf(active) : null;
  for (const table of form.querySelectorAll(".entry-table")) {
    const item = readingOf(table).fields.find((field) => field.name === table.dataset.table);
    table.querySelector("tbody").replaceChildren(...(item?.rows ?? []).map((row, at) => rowOf(table, at, row)));
  }
  // The cells of a table are new ones: the one that is chosen is that of the same place.
  if (active && !active.isConnected) active = place && form.querySelector(`[data-part="${place.part}"] [data-table="${place.name}"][data-row="${place.row}"][data-column="${place.column}"]`);
  choice.words = standing.labels.words;
  document.querySelector(".spent").textContent = standing.seconds ? `${Math.round(standing.seconds)} s so far` : "";
  const { state, reasons } = standing;
  document.querySelector(".state").textContent = { open: "To review", accepted: "Accepted", rejected: "Rejected" }[state];
  document.querySelector(".verdict").classList.toggle("straight_through", state === "accepted");
  document.querySelector(".reasons").replaceChildren(...reasons.map((reason) => made("li", {}, plainly(reason))));
  const checked = [...form.querySelectorAll(".part-form")].flatMap((part) => (readingOf(part).checks ?? []).filter((check) => check.outcome !== "not_testable").map((check) => said(check, standing.reading.parts ? `${part.querySelector("legend").textContent}. ` : "")));
  document.querySelector(".checked").replaceChildren(...checked);
  overrule.querySelector(".failing").replaceChildren(...checked.filter((item) => item.dataset.outcome === "fail").map((item) => item.cloneNode(true)));
  document.querySelector(".past").hidden = !standing.history.length;
  document.querySelector(".history").replaceChildren(...standing.history.map(told));
  repaint();
}

// A step of the history in a sentence.
function told({ state, by, at, corrections, reason, overruled }) {
  const deed = { open: corrections ? `Changed ${corrections === 1 ? "a value or a word" : `${corrections} values or words`}` : "Changed", accepted: "Accepted", rejected: "Rejected" }[state];
  const against = overruled.length ? `, overruling ${overruled.map((name) => `“${spoken(name)}”`).join(", ")}` : "";
  const who = by ? ` by ${by}` : "";
  const time = made("time", { datetime: at }, new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
  return made("li", {}, `${deed}${who}${against}, `, time, reason ? `: ${reason}` : "");
}

const said = (check, where) => made("li", { "data-outcome": check.outcome }, `${where}${spoken(check.name)}: ${check.outcome === "pass" ? "holds" : "does not hold"}${check.detail ? `. ${plainly(check.detail)}` : ""}`);

function rowOf(table, at, row = {}) {
  const columns = [...table.querySelectorAll("th[data-column]")];
  return made("tr", {}, ...columns.map((head) => {
    const value = row[head.dataset.column]?.value ?? row[head.dataset.column]?.raw ?? "";
    const input = made("input", { type: "text", value, size: Math.min(24, Math.max(6, value.length)), "data-table": table.dataset.table, "data-row": at, "data-column": head.dataset.column, "data-was": value, "aria-label": `${head.textContent}, row ${at + 1}`, spellcheck: "false" });
    return made("td", {}, input);
  }));
}

paint((index) => (given.has(index) || choice.has(index) ? ["chosen-word"] : active && fieldOf(active) && words.get(index) && inBox(words.get(index), fieldOf(active)) ? ["guessed"] : []));

// Where the value that is chosen stands.
async function look(input) {
  active = input;
  choice.none();
  given = new Set();
  const field = fieldOf(input);
  if (field?.page) await turnTo(field.page);
  repaint();
  const marks = field ? carriers(field).map(markOf).filter(Boolean) : [];
  reveal(marks);
}

async function step(address, more) {
  refuse(null);
  try {
    standing = await ask(`/v1/review/${id}/${address}`, { version: standing.version, seconds: seconds(), ...more });
    say("Kept");
    return true;
  } catch (problem) {
    refuse(problem);
    if (problem.status === 409) standing = await ask(`/v1/review/${id}`);
    return false;
  } finally {
    given = new Set();
    fill();
  }
}

// A value that was changed is kept when it is left; so are the words that were given to it.
async function keep(input) {
  if (!input || (input.value === input.dataset.was && !given.size)) return true;
  const { part, name, row, column } = placeOf(input);
  const carried = [...given].sort((one, two) => one - two).map((index) => keys.get(index));
  const field = { part, name, value: input.value, column, words: carried };
  if (row !== null) field.row = row;
  input.dataset.was = input.value;
  return step("corrections", { fields: [field] });
}

// A word that is chosen can be spelled anew; several can be given to a value.
const wordText = document.getElementById("word-text");
function chosen(places) {
  const one = places.length === 1 ? words.get(places[0].index) : null;
  wordText.disabled = !one;
  wordText.value = one?.text ?? "";
  wordText.dataset.index = one?.index ?? "";
  wordText.dataset.was = wordText.value;
  if (places.length) say(places.map((place) => words.get(place.index)?.text).join(" "));
}
async function spell() {
  if (wordText.disabled || wordText.value === wordText.dataset.was || !wordText.value.trim()) return;
  const word = keys.get(Number(wordText.dataset.index));
  wordText.dataset.was = wordText.value;
  await step("corrections", { words: [{ word, text: wordText.value.trim() }] });
  chosen(choice.places);
}
wordText.addEventListener("change", spell);
wordText.addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && wordText.blur());
on("spell", () => {
  if (wordText.disabled) return say("Choose one word first.");
  wordText.focus();
  wordText.select();
});
on("give", () => {
  const places = choice.places;
  if (!left || !places.length) return say("Leave a value with Esc and choose words first.");
  const input = left;
  input.focus();
  given = new Set(places.map((place) => place.index));
  input.value = places.map((place) => words.get(place.index)?.text).join(" ");
  repaint();
});
// The part of the page that the chosen words stand in is read again.
on("reread", () => {
  const boxes = choice.places.map((place) => words.get(place.index).box);
  if (!boxes.length) return say("Choose words first.");
  const side = (at, most) => most(...boxes.map((box) => box[at]));
  reread([side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)]);
});
press("e", "spell");
press("r", "reread");
press("v", "give");

form.addEventListener("focusin", (event) => event.target.matches("input") && look(event.target));
form.addEventListener("change", (event) => keep(event.target));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") [left, active] = [event.target, null];
  if (event.key !== "Enter" || event.ctrlKey) return;
  event.preventDefault();
  const inputs = [...form.querySelectorAll("input")];
  const next = inputs[inputs.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  keep(event.target).then(() => {
    const again = [...form.querySelectorAll("input")][inputs.indexOf(next)];
    again?.focus();
    again?.select();
  });
});

// A click gives a word to the value that is chosen, or takes it away; its text becomes what the words say.
const desk = document.querySelector(".desk");
desk.addEventListener("pointerdown", (event) => event.target.closest(".sheet") && active && event.preventDefault());
desk.addEventListener("click", (event) => {
  const mark = event.target.closest(".mark");
  if (!mark) return;
  if (!active) return choice.to(choice.words.findIndex((word) => word.index === Number(mark.dataset.index)), event.shiftKey);
  const index = Number(mark.dataset.index);
  given.has(index) ? given.delete(index) : given.add(index);
  active.value = [...given].sort((one, two) => one - two).map((one) => words.get(one)?.text).join(" ");
  active.focus();
  repaint();
});

// A box that is drawn on the page is read again.
let from = null;
let frame = null;
const within = (event) => {
  const edges = sheet().getBoundingClientRect();
  return [(event.clientX - edges.left) / edges.width, (event.clientY - edges.top) / edges.height].map((share) => Math.min(1, Math.max(0, share)));
};
desk.addEventListener("pointerdown", (event) => {
  if (event.button || !event.target.closest(".sheet")) return;
  from = within(event);
});
addEventListener("pointermove", (event) => {
  if (!from) return;
  const to = within(event);
  if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 0.015) return;
  const svg = sheet().querySelector(".marks");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  frame ??= svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "rect"));
  frame.setAttribute("class", "drawn-box");
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  for (const [name, value] of [["x", left * width], ["y", top * height], ["width", (right - left) * width], ["height", (bottom - top) * height]]) frame.setAttribute(name, value);
  frame.box = [left, top, right, bottom];
});
addEventListener("pointerup", async () => {
  const drawn = frame;
  from = null;
  frame = null;
  if (!drawn) return;
  addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
  await reread(drawn.box);
  drawn.remove();
});

async function reread(box) {
  toldRegion.hidden = false;
  toldRegion.textContent = "Reading this part again …";
  try {
    const read = await ask(`/v1/review/${id}/region`, { page: here(), box });
    toldRegion.replaceChildren(read.text ? `It says: ${read.text} ` : "Nothing stands there. ");
    if (!read.words.length) return;
    toldRegion.append(made("button", { type: "button", class: "button", "data-do": "use-region" }, active ? "Take it as the value" : "Keep its words"));
    region = { page: here(), ...read };
  } catch (problem) {
    toldRegion.hidden = true;
    refuse(problem);
  }
}
let region = null;

on("use-region", async () => {
  const { page, text, words: read } = region;
  const input = active;
  toldRegion.hidden = true;
  const part = input ? { part: partOf(input) } : {};
  if (!(await step("words", { page, ...part, words: read.map(({ text: one, box }) => ({ text: one, box })) })) || !input) return;
  input.value = text;
  await keep(input);
});

on("add-row", (button) => {
  const table = button.closest(".entry-table");
  const body = table.querySelector("tbody");
  body.append(rowOf(table, body.rows.length));
  body.lastElementChild.querySelector("input").focus();
});

on("join", async (button) => {
  const part = partOf(button);
  if (await keep(active)) await step("join", { part });
});

async function settle(accept, reason = "") {
  if (!(await keep(active))) return;
  if (accept && !reason && overrule.querySelector("li")) return overrule.showModal();
  if (!(await step("decision", { accept, reason }))) return;
  const { documents } = await ask("/v1/review?limit=1");
  location.assign(documents.length ? `/review/${documents[0].document}` : "/review");
}
overrule.addEventListener("close", () => {
  const why = overrule.querySelector("textarea").value.trim();
  if (overrule.returnValue === "yes" && why) settle(true, why);
});
on("accept", () => settle(true));
on("reject", () => settle(false));
on("undo", () => (standing.can_undo ? step("undo", {}) : say("There is nothing to undo.")));
press("z", "undo");
press("x", "reject");
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (overrule.open) overrule.querySelector('[value="yes"]').click();
  else settle(true);
});

fill();
choice.hearKeys();
ready();
