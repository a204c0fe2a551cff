// The head of a document: on to its neighbours, back to the list, away for good.
import { on, press, say } from "./deeds.js";
import { listAddress, neighbour } from "./neighbours.js";

export const id = document.querySelector(".doc").dataset.document;

async function go(by) {
  const other = await neighbour(id, by);
  if (other) location.assign(`/documents/${other}`);
  else say(by > 0 ? "This is the last document." : "This is the first document.");
}

on("document-on", () => go(1));
on("document-back", () => go(-1));
press("j", "document-on");
press("k", "document-back");
document.querySelector("[data-back]").href = listAddress();

const dialog = document.getElementById("remove");
on("remove", () => dialog.showModal());
dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "yes") return;
  const answer = await fetch(`/v1/documents/${id}`, { method: "DELETE" });
  if (answer.ok || answer.status === 404) location.assign(listAddress());
  else say("It could not be deleted.");
});

// A document that is brought in from here opens at once.
addEventListener("recto:taken", (event) => {
  if (event.detail.id !== id) location.assign(`/documents/${event.detail.id}`);
});
