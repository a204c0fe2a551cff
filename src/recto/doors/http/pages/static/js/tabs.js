// Fields, text and JSON beside the page, as tabs (WAI-ARIA: arrows move between them).
import { on, say } from "./deeds.js";
import { id } from "./head.js";

const tabs = [...document.querySelectorAll("[role=tab]")];
const json = document.querySelector(".json");
const MOST = 400_000;

function choose(tab) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", String(chosen));
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (tab.id === "tab-json" && !json.textContent) fill();
}

async function fill() {
  const answer = await fetch(`/v1/documents/${id}`);
  const text = JSON.stringify(await answer.json(), null, 2);
  json.textContent = text.length > MOST ? `${text.slice(0, MOST)}\n… it goes on: open it as it is` : text;
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
}

on("copy-json", async () => {
  await navigator.clipboard.writeText(json.textContent);
  say("Copied");
});
