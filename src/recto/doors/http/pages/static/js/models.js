// The models of the installation: which one is used, and the way back.
import { on } from "./deeds.js";

async function change(address, refused) {
  const answer = await fetch(address, { method: "POST" });
  if (answer.ok) return location.reload();
  const problem = await answer.json().catch(() => ({}));
  const told = document.getElementById("refused");
  told.textContent = problem.detail || problem.title || refused;
  told.hidden = false;
}

on("activate", (button) => change(`/v1/bundles/${encodeURIComponent(button.dataset.name)}/activate`, "It could not be taken into use."));
on("roll-back", () => change("/v1/bundles/rollback", "There is none before."));
