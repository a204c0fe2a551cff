// The models of the installation: which one is used, whether another is better, and the way back.
import { on, say } from "./deeds.js";

const told = document.getElementById("refused");

async function asked(address, deed) {
  told.hidden = true;
  const body = deed && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(deed) };
  const answer = await fetch(address, { method: "POST", ...body });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  told.textContent = said.detail || said.title || "It did not work.";
  told.hidden = false;
  return null;
}

async function change(address) {
  if (await asked(address)) location.reload();
}

const figure = (value) => value.toFixed(3);
const signed = (value) => (value > 0 ? "+" : "") + value.toFixed(3);

function row(label, { before, after }) {
  const line = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: label });
  const cells = [figure(before.f1), figure(after.f1), signed(after.f1 - before.f1), Math.max(before.support, after.support)];
  line.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { className: "figure", textContent: text })));
  return line;
}

// What came of judging a model: whether it is in use now, by how much it is better, and each label.
function show(name, verdict) {
  const section = document.getElementById("verdict");
  const title = section.querySelector("h2");
  const [low, high] = verdict.interval;
  title.textContent = verdict.better ? `${name} is better and is in use now` : `${name} is not better and is not used`;
  section.querySelector(".lead").textContent = `${verdict.why} On ${verdict.documents} labelled documents: ${signed(verdict.difference)} F1 (${signed(low)} to ${signed(high)}).`;
  section.querySelector("tbody").replaceChildren(...Object.entries(verdict.by_label).map(([label, scores]) => row(label, scores)));
  section.hidden = false;
  title.focus();
}

async function mark(verdict, name) {
  if (!verdict.better) return;
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  document.querySelector("[data-model]").closest("tbody").replaceWith(fresh.querySelector("[data-model]").closest("tbody"));
  say(`${name} is in use`);
}

on("promote", async (button) => {
  const name = button.dataset.name;
  button.disabled = true;
  say(`${name} is being judged`);
  const verdict = await asked("/v1/promotions", { model: name });
  button.disabled = false;
  if (!verdict) return;
  show(name, verdict);
  await mark(verdict, name);
});
on("activate", (button) => change(`/v1/bundles/${encodeURIComponent(button.dataset.name)}/activate`));
on("roll-back", () => change("/v1/bundles/rollback"));
