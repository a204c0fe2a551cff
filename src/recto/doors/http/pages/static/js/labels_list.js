// The documents to label: what the model would say of the next ones, and which labels look wrong.
import { on, say } from "./deeds.js";

const told = document.querySelector(".refused");

// Asks for the deed, then shows the lists as they are.
async function asked(button, address, done) {
  told.hidden = true;
  button.disabled = true;
  const answer = await fetch(address, { method: "POST" });
  const said = await answer.json().catch(() => ({}));
  button.disabled = false;
  if (!answer.ok) {
    told.textContent = said.detail || said.title || "It did not work.";
    told.hidden = false;
    return;
  }
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  document.querySelector(".column").replaceWith(document.importNode(fresh.querySelector(".column"), true));
  say(done(said));
}

on("suggest", (button) => asked(button, "/v1/labels/suggest?limit=10", ({ documents }) => `Suggested labels on ${documents} documents.`));
on("doubt", (button) => asked(button, "/v1/labels/check?persons=true", ({ marked }) => {
  const labels = Object.values(marked).reduce((sum, one) => sum + one, 0);
  return `${labels} labels in ${Object.keys(marked).length} documents look wrong.`;
}));
