// The list: narrowed as one types, kept up to date while something is being read, walked through by keyboard.
import { does, on, press, say } from "./deeds.js";
import { remember } from "./neighbours.js";

const TYPING = 180;
const BUSY = 900;
const form = document.querySelector(".filters");
const search = form.querySelector("input[type=search]");
let results = document.getElementById("results");
let timer;
let asked = 0;

// The newest answer wins: an older one that comes late is dropped.
async function show(address, { push = false } = {}) {
  const number = (asked += 1);
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (number !== asked) return;
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (push) history.replaceState(null, "", address);
    form.hidden = page.querySelector(".filters").hidden;
    put(page.getElementById("results"));
  }
  watch();
}

// Rows that did not change stay the elements that they are: no flicker, and the focus is kept.
function put(fresh) {
  // Asked before anything is moved: an element that is moved loses the focus.
  const focused = document.activeElement?.closest("tr[data-id]")?.id;
  const old = new Map([...results.querySelectorAll("tr[data-id]")].map((row) => [row.id, row]));
  for (const row of fresh.querySelectorAll("tr[data-id]")) {
    const known = old.get(row.id);
    if (known && same(known, row)) row.replaceWith(known);
  }
  results.replaceWith(fresh);
  results = fresh;
  if (focused) document.getElementById(focused)?.querySelector("a").focus({ preventScroll: true });
  remember(rows().map((row) => row.dataset.id));
}

function same(one, other) {
  const bare = (row) => row.innerHTML.replace(/<time[^]*?<\/time>/, "");
  return bare(one) === bare(other);
}

function watch() {
  clearTimeout(timer);
  if (results.dataset.busy === "yes" && !document.hidden) timer = setTimeout(() => show(location.href), BUSY);
}

function wanted() {
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  return given.size ? `/?${given}` : "/";
}

async function narrow() {
  await show(wanted(), { push: true });
  const total = Number(results.dataset.total);
  say(`${total} document${total === 1 ? "" : "s"}`);
}

const rows = () => [...results.querySelectorAll("tr[data-id]")];

function step(by) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest("tr[data-id]"));
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by))];
  next?.querySelector("a").focus();
}

let typing;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(narrow, TYPING);
});
form.addEventListener("change", (event) => event.target !== search && narrow());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  narrow();
});
on("search", () => search.select());
on("document-on", () => step(1));
on("document-back", () => step(-1));
press("/", "search");
press("j", "document-on");
press("k", "document-back");
press("ArrowDown", "document-on");
press("ArrowUp", "document-back");
addEventListener("recto:taken", () => show(location.href));
document.addEventListener("visibilitychange", watch);
// Coming back by the browser's history shows the page as it was left, perhaps while something was being read.
addEventListener("pageshow", (event) => event.persisted && show(location.href));
remember(rows().map((row) => row.dataset.id));
watch();
