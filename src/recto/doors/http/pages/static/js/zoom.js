// Larger, smaller, fit to width; and what the colours on the page mean.
import { on, press, say } from "./deeds.js";
import { sheet, whenTurned } from "./sheet.js";

const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const doc = document.querySelector(".doc");
const holder = doc.querySelector(".desk-sheet");
const scroller = doc.querySelector(".desk-scroll");
const said = doc.querySelector(".zoom-said");
let zoom = 1;

// Where on the desk zooming leaves everything: the field that is lit, if it can be seen, else the middle.
function middle() {
  const desk = scroller.getBoundingClientRect();
  const lit = sheet().querySelector(".halo.lit")?.getBoundingClientRect();
  const seen = lit && lit.bottom > desk.top && lit.top < desk.bottom && lit.right > desk.left && lit.left < desk.right;
  if (!seen) return { x: scroller.clientWidth / 2, y: scroller.clientHeight / 2 };
  return { x: (lit.left + lit.right) / 2 - desk.left, y: (lit.top + lit.bottom) / 2 - desk.top };
}

// The point `still` of the desk, in pixels from its corner, stays where it is on the page.
function zoomTo(next, still = middle()) {
  const before = holder.getBoundingClientRect();
  const desk = scroller.getBoundingClientRect();
  const share = { x: (desk.left + still.x - before.left) / before.width, y: (desk.top + still.y - before.top) / before.height };
  zoom = next;
  holder.style.setProperty("--zoom", zoom);
  const after = holder.getBoundingClientRect();
  scroller.scrollBy({ left: after.left + share.x * after.width - desk.left - still.x, top: after.top + share.y * after.height - desk.top - still.y, behavior: "instant" });
  said.textContent = `${Math.round(zoom * 100)} %`;
  say(`Zoom ${said.textContent}`);
  sharpen();
}

// A page that is shown larger than it was drawn is drawn again.
function sharpen() {
  const image = sheet().querySelector(".sheet-image");
  const shown = sheet().clientWidth * devicePixelRatio;
  if (!image || shown <= 1400 || image.src.includes("width=2560")) return;
  const finer = new Image();
  finer.src = image.src.replace(/width=\d+/, "width=2560");
  finer.decode().then(() => (image.src = finer.src), () => {});
}

on("zoom-in", () => zoomTo(STEPS.find((step) => step > zoom) ?? zoom));
on("zoom-out", () => zoomTo(STEPS.findLast((step) => step < zoom) ?? zoom));
on("zoom-fit", () => zoomTo(1));
on("colours", (button) => {
  const next = button?.dataset.colours ?? (doc.dataset.colours === "label" ? "confidence" : "label");
  doc.dataset.colours = next;
  doc.querySelectorAll(".colours button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.colours === next)));
  say(`Coloured by ${next}`);
});
for (const [key, name] of [["+", "zoom-in"], ["=", "zoom-in"], ["-", "zoom-out"], ["0", "zoom-fit"], ["c", "colours"]]) press(key, name);
scroller.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  const desk = scroller.getBoundingClientRect();
  zoomTo(Math.min(4, Math.max(0.25, zoom * Math.exp(-event.deltaY / 300))), { x: event.clientX - desk.left, y: event.clientY - desk.top });
}, { passive: false });
whenTurned(sharpen);
