// A document that is not read yet: its progress as the server tells it, and the page anew once it is over.
import { say } from "./deeds.js";
import { id } from "./head.js";

const doc = document.querySelector(".doc");
const OVER = ["read", "failed"];

function watch() {
  const words = doc.querySelector(".progress-words");
  const bar = doc.querySelector("progress");
  const events = new EventSource(`/v1/documents/${id}/events`);
  events.addEventListener("state", (event) => {
    const { state, progress } = JSON.parse(event.data);
    if (OVER.includes(state)) {
      events.close();
      location.reload();
      return;
    }
    words.textContent = state === "waiting" ? "waiting" : "reading";
    if (progress.pages) {
      bar.max = 1;
      bar.value = progress.page / progress.pages;
      if (progress.pages > 1) words.textContent = `page ${progress.page} of ${progress.pages}`;
    }
  });
  events.addEventListener("gone", () => location.assign("/"));
}

// The page as it may be shown before anybody knows what on it must be hidden: too small to be read. Some cannot be drawn.
const picture = doc.querySelector(".unread-image");
const show = () => picture.naturalWidth && picture.closest(".sheet").classList.add("drawn");
picture?.addEventListener("load", show);
if (picture?.complete) show();

if (!OVER.includes(doc.dataset.state)) watch();

doc.querySelector(".again")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wish = Object.fromEntries(new FormData(event.target));
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/v1/documents/${id}/read`, { method: "POST", headers, body: JSON.stringify(wish) });
  if (answer.ok) return location.reload();
  const problem = await answer.json();
  doc.querySelector(".fault-said").textContent = `${problem.title} ${problem.detail}`;
  say(problem.title);
});
