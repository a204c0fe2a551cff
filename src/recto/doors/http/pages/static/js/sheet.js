// The page on the desk: turned to another one when asked, its image faded in, moved so that a place can be seen.
import { on, press, say } from "./deeds.js";

const doc = document.querySelector(".doc");
const holder = doc.querySelector(".desk-sheet");
const scroller = doc.querySelector(".desk-scroll");
const number = doc.querySelector(".page-number");
const pages = Number(doc.dataset.pages);
const kept = new Map();
const heard = [];

export const sheet = () => holder.querySelector(".sheet");
export const here = () => Number(sheet().dataset.number);
export function whenTurned(deed) {
  heard.push(deed);
  deed();
}

async function fetched(page) {
  const answer = await fetch(`/documents/${doc.dataset.document}/sheet?page=${page}`);
  if (!answer.ok) throw new Error("The page cannot be shown.");
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content.firstElementChild;
}

let turning = 0;
export async function turnTo(page) {
  if (page === here() || page < 1 || page > pages) return;
  const mine = (turning += 1);
  kept.set(here(), sheet());
  const fresh = kept.get(page) ?? (await fetched(page));
  if (mine !== turning) return;
  sheet().replaceWith(fresh);
  settle();
  scroller.scrollTop = 0;
  if (number) number.value = page;
  history.replaceState(null, "", page === 1 ? location.pathname : `?page=${page}`);
  heard.forEach((deed) => deed());
  say(`Page ${page} of ${pages}`);
}

// Fades the image in once it is there, and says so where it cannot be drawn.
function settle() {
  const image = sheet().querySelector(".sheet-image");
  const drawn = () => sheet().classList.add("drawn");
  const fault = () => {
    sheet().classList.add("undrawn");
    image.remove();
    sheet().querySelector(".sheet-fault").hidden = false;
  };
  if (!image) return;
  if (image.complete) image.naturalWidth ? drawn() : fault();
  else {
    image.addEventListener("load", drawn, { once: true });
    image.addEventListener("error", fault, { once: true });
  }
}

// Scrolls the desk, and nothing around it, until the elements can be seen.
export function reveal(elements) {
  if (!elements.length) return;
  const frames = elements.map((element) => element.getBoundingClientRect());
  const desk = scroller.getBoundingClientRect();
  const top = Math.min(...frames.map((frame) => frame.top));
  const bottom = Math.max(...frames.map((frame) => frame.bottom));
  const left = Math.min(...frames.map((frame) => frame.left));
  const right = Math.max(...frames.map((frame) => frame.right));
  const room = 70;
  const by = { top: 0, left: 0 };
  if (top < desk.top + 24 || bottom > desk.bottom - room) by.top = (top + Math.min(bottom, top + desk.height - room)) / 2 - (desk.top + (desk.height - room) / 2);
  if (left < desk.left + 12 || right > desk.right - 12) by.left = (left + right) / 2 - (desk.left + desk.width / 2);
  if (by.top || by.left) scroller.scrollBy({ ...by, behavior: calm() ? "auto" : "smooth" });
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

on("page-on", () => turnTo(here() + 1));
on("page-back", () => turnTo(here() - 1));
press("]", "page-on");
press("[", "page-back");
number?.addEventListener("change", () => {
  const page = Math.min(pages, Math.max(1, Number.parseInt(number.value, 10) || here()));
  number.value = page;
  turnTo(page);
});
settle();
