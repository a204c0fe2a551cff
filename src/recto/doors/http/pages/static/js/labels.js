// Labels put on words, on the page itself: arrows choose words, a figure or a click gives them a label.
import { on, press, say } from "./deeds.js";
import { here, whenTurned } from "./sheet.js";
import { ask, Choice, doc, id, made, paint, percent, ready, refuse, repaint, spoken } from "./words.js";
import "./zoom.js";

const names = document.querySelector(".names");
const find = document.querySelector(".find");
const values = document.querySelector(".values");
let board = await ask(`/v1/documents/${id}/labels`);
let words = byIndex(board);
const choice = new Choice(board.words, tell);
const offered = board.names[board.kind] ?? board.names[doc.dataset.kind] ?? Object.values(board.names)[0] ?? [];
const done = []; // the words of each change, for the way back

function byIndex(one) {
  return new Map(one.words.map((word) => [word.index, word]));
}

const held = (word) => word.label && word.label.status !== "NONE";
// What is said of a word: its label, or what the model would say.
const said = (word) => (held(word) ? word.label.label : word.predicted?.label) ?? "O";
function state(word) {
  if (held(word)) return { VALID: "said", PENDING: "guessed" }[word.label.status] ?? "doubted";
  return said(word) === "O" ? "" : "guessed";
}

paint((index) => {
  const word = words.get(index);
  if (!word) return [];
  const what = said(word) !== "O" || state(word) === "doubted" ? state(word) : held(word) ? "nothing" : "";
  return [what, choice.has(index) ? "chosen-word" : ""].filter(Boolean);
});

function tell(chosen) {
  document.querySelector(".chosen-text").textContent = chosen.map((word) => words.get(word.index).text).join(" ") || "No word is chosen.";
  const labels = [...new Set(chosen.map((word) => said(words.get(word.index))))];
  const one = chosen.length === 1 ? words.get(chosen[0].index) : undefined;
  const by = one && (held(one) ? `${one.label.status.toLowerCase().replace("_", " ")}, ${one.label.source}` : one.predicted?.confidence != null ? `${percent(one.predicted.confidence)}, model` : "");
  document.querySelector(".chosen-label").textContent = chosen.length ? [labels.map((label) => (label === "O" ? "nothing" : spoken(label))).join(", "), by, one?.label?.reason].filter(Boolean).join(" · ") : "";
  for (const button of names.querySelectorAll("button")) button.setAttribute("aria-pressed", String(chosen.length > 0 && labels.length === 1 && labels[0] === button.dataset.label));
  say(document.querySelector(".chosen").textContent);
}

// The labels that fit what is looked for; the first nine have a key.
function list() {
  const wanted = find.value.trim().toLowerCase();
  const fitting = ["O", ...offered].filter((label) => `${label} ${label === "O" ? "nothing" : spoken(label)}`.toLowerCase().includes(wanted));
  names.replaceChildren(...fitting.map((label, at) => made("li", {}, made("button", { type: "button", "data-do": "label", "data-label": label, "aria-pressed": "false" }, label === "O" ? "Nothing" : spoken(label), at < 10 ? made("kbd", {}, label === "O" ? "o" : String(wanted ? at + 1 : at)) : null))));
  return fitting;
}

// The stretches of words with a label on the page that is shown.
function stretches() {
  const found = [];
  for (const word of board.words.filter((one) => one.page === here())) {
    const now = words.get(word.index);
    const last = found.at(-1);
    const begins = held(now) ? now.label.begins : now.predicted?.begins;
    if (said(now) === "O" || state(now) === "doubted") found.push(null);
    else if (last && last.label === said(now) && !begins) last.words.push(now);
    else found.push({ label: said(now), words: [now] });
  }
  const shown = found.filter(Boolean);
  document.querySelector(".count").textContent = shown.length;
  values.replaceChildren(...shown.map((one) => made("li", {}, made("button", { type: "button", "data-do": "go", "data-index": one.words[0].index, class: one.words.every(held) ? "held" : "" }, made("span", { class: "small" }, spoken(one.label)), one.words.map((word) => word.text).join(" ")))));
}

async function load() {
  board = await ask(`/v1/documents/${id}/labels`);
  words = byIndex(board);
  repaint();
  stretches();
  tell(choice.places);
}

// Makes the changes and shows what is there now; of two people the slower one is told, and sees what the other did.
async function change(changes, rest = false) {
  if (!changes.length && !rest) return say("No word is chosen.");
  refuse(null);
  try {
    await ask(`/v1/documents/${id}/labels`, { changes, accept_rest: rest });
    if (changes.length) done.push(changes.map((one) => one.word));
  } catch (problem) {
    refuse(problem);
  }
  await load();
}

const versioned = (deed, more = () => ({})) => choice.places.map((word, at) => ({ word: word.word, version: words.get(word.index).version, deed, ...more(at) }));

on("label", (button) => give(button.dataset.label));
const give = (label) => change(versioned("set", (at) => ({ label, begins: label === "O" ? false : at === 0 })));
on("nothing", () => give("O"));
on("accept", async () => {
  await change(versioned("accept"));
  choice.step(1, false);
});
on("reject", () => change(versioned("reject")));
on("accept-rest", () => change([], true));
on("begins", () => change(versioned("set", (at) => ({ label: said(words.get(choice.places[at].index)), begins: at === 0 }))));
on("undo", async () => {
  const last = done.pop();
  if (!last) return say("Nothing was changed here.");
  refuse(null);
  try {
    for (const word of last) await ask(`/v1/documents/${id}/labels/${word}/undo`, {});
  } catch (problem) {
    refuse(problem);
  }
  await load();
});
on("go", (button) => choice.to(board.words.findIndex((word) => word.index === Number(button.dataset.index))));
on("find", () => find.focus());
for (let figure = 1; figure <= 9; figure += 1) {
  on(`label-${figure}`, () => names.querySelectorAll("button")[find.value.trim() ? figure - 1 : figure]?.click());
  press(String(figure), `label-${figure}`);
}
for (const [key, name] of [["Enter", "accept"], ["x", "reject"], ["z", "undo"], ["A", "accept-rest"], ["o", "nothing"], ["b", "begins"], ["/", "find"]]) press(key, name);
find.addEventListener("input", list);
find.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  names.querySelector("button")?.click();
  find.value = "";
  list();
  find.blur();
});

list();
choice.listen();
whenTurned(stretches);
ready();
