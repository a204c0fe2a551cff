// Larger, smaller, fit to width; and what the colours on the page mean.
import { on, press, say } from "./deeds.js";
import { sheet, whenTurned } from "./sheet.js";

const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const doc = document.querySelector(".doc");
const holder = doc.querySelector(".desk-sheet");
const scroller = doc.querySelector(".desk-scroll");
const said = doc.querySelector(".zoom-said");
let zoom = 1;

// The point in the middle of the desk stays where it is.
function zoomTo(next) {
  const middle = { x: scroller.scrollLeft + scroller.clientWidth / 2, y: scroller.scrollTop + scroller.clientHeight / 2 };
  const by = next / zoom;
  zoom = next;
  holder.style.setProperty("--zoom", zoom);
  scroller.scrollTo({ left: middle.x * by - scroller.clientWidth / 2, top: middle.y * by - scroller.clientHeight / 2, behavior: "instant" });
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
  zoomTo(Math.min(4, Math.max(0.25, zoom * Math.exp(-event.deltaY / 300))));
}, { passive: false });
whenTurned(sharpen);
