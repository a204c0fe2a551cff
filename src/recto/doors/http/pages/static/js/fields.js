// Fields and their places: looking at one lights the other; choosing one holds it until another is chosen.
import { on, press, say } from "./deeds.js";
import { light, marksOf } from "./light.js";
import { calm, here, reveal, sheet, turnTo, whenTurned } from "./sheet.js";

const panel = document.querySelector(".panel");
const desk = document.querySelector(".desk");
const STOPS = ".card, .row, .rule";
let held = null;

// The keys that an element of the panel stands for.
function keysOf(element) {
  if (element.dataset.keys !== undefined) return element.dataset.keys.split(" ").filter(Boolean);
  if (element.dataset.key) return [element.dataset.key];
  return [...element.querySelectorAll("[data-key]")].map((cell) => cell.dataset.key);
}

function pageOf(element) {
  const keys = keysOf(element);
  const first = keys.map((key) => panel.querySelector(`[data-key="${CSS.escape(key)}"][data-page]`)).find(Boolean);
  return first ? Number(first.dataset.page) : here();
}

const failing = (element) => element?.dataset.outcome === "fail";

// A moment later than the light, so that a pointer on its way elsewhere does not make the page jump.
let looking;
function lookAt(element) {
  clearTimeout(looking);
  if (pageOf(element) === here()) looking = setTimeout(() => reveal(marksOf(keysOf(element))), 140);
}

function lightUp(element) {
  clearTimeout(looking);
  if (element) light(keysOf(element), { failing: failing(element) });
  else light([]);
}

async function hold(element) {
  if (held) {
    held.setAttribute("aria-pressed", "false");
    held.classList.remove("held");
  }
  held = element;
  lightUp(held);
  if (!held) return;
  if (held.matches("button")) held.setAttribute("aria-pressed", "true");
  held.classList.add("held");
  held.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  await turnTo(pageOf(held));
  lightUp(held);
  reveal(marksOf(keysOf(held)));
}

function step(by) {
  const all = [...panel.querySelectorAll("#pane-fields .card, #pane-fields .row")];
  if (!all.length) return;
  const now = all.indexOf(held);
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by))];
  next.focus({ preventScroll: true });
  hold(next);
}

panel.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const element = event.target.closest(".cell[data-key], .card, .row, .rule");
  if (!element) return;
  lightUp(element);
  lookAt(element);
});
panel.addEventListener("pointerleave", () => lightUp(held));
panel.addEventListener("focusin", (event) => {
  const element = event.target.closest(STOPS);
  if (!element || !element.matches(":focus-visible")) return;
  lightUp(element);
  lookAt(element);
});
panel.addEventListener("focusout", () => lightUp(held));
panel.addEventListener("click", (event) => {
  const part = event.target.closest(".part-go");
  if (part) return turnTo(Number(part.dataset.page));
  const element = event.target.closest(STOPS);
  if (element) hold(element === held && element.matches("button") ? null : element);
});

desk.addEventListener("pointerover", (event) => {
  const mark = event.target.closest(".mark[data-key]");
  if (!mark) return lightUp(held);
  light([mark.dataset.key]);
  const field = panel.querySelector(`[data-key="${CSS.escape(mark.dataset.key)}"]`);
  if (event.pointerType !== "touch") field?.scrollIntoView({ block: "nearest" });
});
desk.addEventListener("pointerleave", () => lightUp(held));
desk.addEventListener("click", (event) => {
  const mark = event.target.closest(".mark[data-key]");
  if (!mark) return;
  const field = panel.querySelector(`[data-key="${CSS.escape(mark.dataset.key)}"]`);
  hold(field?.closest(STOPS) ?? null);
});

on("field-on", () => step(1));
on("field-back", () => step(-1));
on("let-go", () => {
  hold(null);
  say("No field is chosen.");
});
for (const [key, name] of [["n", "field-on"], ["ArrowDown", "field-on"], ["p", "field-back"], ["ArrowUp", "field-back"], ["Escape", "let-go"]]) press(key, name);

whenTurned(() => {
  const lines = sheet().querySelector(".lines").cloneNode(true);
  lines.hidden = false;
  document.querySelector("#pane-text .text").replaceChildren(lines);
  document.querySelector(".page-said").textContent = here();
  lightUp(held);
});

// The pointer may have rested on a field since before this was loaded.
lightUp(panel.querySelector(".card:hover, .row:hover, .rule:hover") ?? held);
