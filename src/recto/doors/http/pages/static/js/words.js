// The words of a document on its desk: their marks, one or several of them chosen by mouse and by keys.
import { here, reveal, sheet, turnTo, whenTurned } from "./sheet.js";

export const doc = document.querySelector(".doc");
export const id = doc.dataset.document;

// Asks the API; a problem becomes an error with the words that it tells.
export async function ask(address, deed) {
  const options = deed === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(deed) };
  const answer = await fetch(address, options);
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const problem = new Error(said.detail || said.title || "It did not work.");
  problem.status = answer.status;
  throw problem;
}

// Shows a problem under what was asked for, or takes the last one away.
export function refuse(problem) {
  const told = document.querySelector(".refused");
  told.textContent = problem?.message ?? "";
  told.hidden = !problem;
}

export const markOf = (index) => sheet().querySelector(`.mark[data-index="${index}"]`);

// Gives each word of the page that is shown the classes that `classes(index)` names, now and after each turn.
export function paint(classes) {
  const again = () => {
    for (const mark of sheet().querySelectorAll(".mark")) {
      mark.removeAttribute("data-family");
      mark.setAttribute("class", ["mark", ...classes(Number(mark.dataset.index))].join(" "));
    }
  };
  painter = again;
  again();
}
let painter = () => {};
export const repaint = () => painter();
whenTurned(() => painter());

// One or several words that are chosen. `words` are {index, page, line}, in reading order.
export class Choice {
  constructor(words, heard) {
    this.words = words;
    this.heard = heard;
    this.first = -1;
    this.last = -1;
  }

  get places() {
    if (this.last < 0) return [];
    const [from, to] = [Math.min(this.first, this.last), Math.max(this.first, this.last)];
    return this.words.slice(from, to + 1);
  }

  has(index) {
    return this.places.some((word) => word.index === index);
  }

  async to(place, wider = false) {
    if (place < 0 || place >= this.words.length) return;
    this.last = place;
    if (!wider || this.first < 0) this.first = place;
    await turnTo(this.words[place].page);
    repaint();
    const mark = markOf(this.words[place].index);
    if (mark) reveal([mark]);
    this.heard(this.places);
  }

  step(by, wider) {
    return this.to(this.last < 0 ? this.begin() : this.last + by, wider);
  }

  // The first word of the page that is shown.
  begin() {
    return Math.max(0, this.words.findIndex((word) => word.page === here()));
  }

  // To the word that stands nearest in the next line, or in the one before.
  line(by, wider) {
    if (this.last < 0) return this.to(this.begin());
    const now = this.words[this.last];
    const middle = (word) => (word.box[0] + word.box[2]) / 2;
    let place = this.last;
    while (place >= 0 && place < this.words.length && this.words[place].page === now.page && this.words[place].line === now.line) place += by;
    const aim = this.words[place];
    if (!aim) return undefined;
    const row = this.words.map((word, at) => [word, at]).filter(([word]) => word.page === aim.page && word.line === aim.line);
    row.sort(([one], [other]) => Math.abs(middle(one) - middle(now)) - Math.abs(middle(other) - middle(now)));
    return this.to(row[0][1], wider);
  }

  none() {
    this.first = -1;
    this.last = -1;
    this.heard([]);
  }

  listen() {
    document.querySelector(".desk").addEventListener("click", (event) => {
      const mark = event.target.closest(".mark");
      if (!mark) return;
      const place = this.words.findIndex((word) => word.index === Number(mark.dataset.index));
      this.to(place, event.shiftKey);
    });
    this.hearKeys();
  }

  hearKeys() {
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) return;
      const go = { ArrowRight: () => this.step(1, event.shiftKey), ArrowLeft: () => this.step(-1, event.shiftKey), ArrowDown: () => this.line(1, event.shiftKey), ArrowUp: () => this.line(-1, event.shiftKey) }[event.key];
      if (!go) return;
      event.preventDefault();
      go();
    });
  }
}

// The desk hears keys and clicks from now on: what its panel shows has been asked for.
export const ready = () => doc.setAttribute("aria-busy", "false");

// `MERCHANT_NAME` and `merchant_name` as a person says them.
export const spoken = (name) => {
  const words = name.toLowerCase().replaceAll("sub_total", "subtotal").split(/[_.]/).map((word) => (INITIALS.has(word) ? word.toUpperCase() : word)).join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
const INITIALS = new Set(["api", "bic", "ein", "iban", "id", "ira", "irs", "kvk", "micr", "ocr", "po", "sep", "ssn", "tin", "url", "vat", "zip"]);

// A sentence with names in it: `total_tax: …` -> `Total tax: …`, `items[2].amount` -> `items row 2 amount`.
export function plainly(sentence) {
  const checks = sentence.replace(/\b(\w+) failed/, (_, check) => `“${spoken(check)}” does not hold`);
  const rows = checks.replace(/\b([a-z_]+)\[(\d+)\]\.?/g, "$1 row $2 ");
  const named = rows.replace(/'[^']*'|\b[a-z][a-z0-9]*(?:[_.][a-z][a-z0-9]*)+\b/g, (name) => (name.startsWith("'") ? name : spoken(name).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())));
  return (named.charAt(0).toUpperCase() + named.slice(1)).replaceAll(/ +([:;,]|$)/g, "$1");
}

// A confidence as the pages say it: down, never up, so that 99.96 % is not shown as 100.
export const percent = (confidence) => `${Math.floor(confidence * 100)} %`;

// An element with its text and attributes; children may follow.
export function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}
