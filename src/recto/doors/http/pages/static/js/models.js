// The models of the installation: which one is used, whether another is better, and the way back.
import { on, say } from "./deeds.js";

// Asks for a deed; a problem is told in the place of that id, below what was asked for.
async function asked(address, deed, place = "refused") {
  const told = document.getElementById(place);
  told.hidden = true;
  const body = deed && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(deed) };
  const answer = await fetch(address, { method: "POST", ...body });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  told.textContent = said.detail || said.title || "It did not work.";
  told.hidden = false;
  return null;
}

async function change(address, deed) {
  if (await asked(address, deed)) location.reload();
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

// What the model says otherwise of the newest documents, once it is in use.
function changes(place, canaries) {
  place.hidden = !canaries;
  if (!canaries) return;
  place.querySelector("summary").textContent = `${canaries.changed} of the newest ${canaries.documents} documents say something else now`;
  place.querySelector("ul").replaceChildren(...canaries.differences.map((one) => {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("a"), { href: `/inspect/${one.document}`, textContent: one.name }), `, ${one.field.replaceAll("_", " ")}: ${one.before ?? "nothing"} is ${one.after ?? "nothing"} now`);
    return line;
  }));
}

// What came of judging a model: whether it is in use now, by how much it is better, and each label.
function show(name, verdict) {
  const section = document.getElementById("verdict");
  const title = section.querySelector("h2");
  title.textContent = verdict.better ? `${name} is better and is in use now` : `${name} is not better and is not used`;
  section.querySelector(".lead").textContent = verdict.why;
  changes(section.querySelector(".canaries"), verdict.canaries);
  section.querySelector("tbody").replaceChildren(...Object.entries(verdict.by_label).map(([label, scores]) => row(label, scores)));
  section.hidden = false;
  title.focus();
}

// The tables as they are now, without losing what is said between them.
async function renew() {
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const installed = (page) => page.querySelector("[data-model]").closest("tbody");
  installed(document).replaceWith(installed(fresh));
  document.getElementById("run-list").replaceWith(fresh.getElementById("run-list"));
  const [past, newPast] = [document, fresh].map((page) => page.getElementById("history"));
  if (past) past.replaceWith(newPast);
  else if (newPast) document.getElementById("train").closest("section").before(newPast);
}

on("promote", async (button) => {
  const name = button.dataset.name;
  button.disabled = true;
  say(`${name} is being judged`);
  const verdict = await asked("/v1/promotions", { model: name });
  button.disabled = false;
  if (!verdict) return;
  await renew();
  show(name, verdict);
  if (verdict.better) say(`${name} is in use`);
});
on("roll-back", () => change("/v1/bundles/rollback"));

const dialog = document.getElementById("override");
const reason = dialog.querySelector("input");
on("override", (button) => {
  dialog.dataset.name = button.dataset.name;
  dialog.querySelector("h2").textContent = `Use ${button.dataset.name} without judging it?`;
  reason.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  reason.focus();
});
on("leave-override", () => dialog.close());
dialog.addEventListener("close", () => {
  if (dialog.returnValue === "yes") change(`/v1/bundles/${encodeURIComponent(dialog.dataset.name)}/activate`, { reason: reason.value });
});

// A training run is a job: what it says is shown until it is over, also after the page was left and opened again.
const form = document.querySelector("form.train");
const training = document.querySelector(".training");
const LOOK = 1000;

function stage({ state, progress }) {
  if (state === "queued") return "waits for a worker";
  if (!progress.batches) return "begins";
  if (progress.batch < progress.batches) return `epoch ${progress.epoch}, batch ${progress.batch} of ${progress.batches}`;
  return `epoch ${progress.epoch} is over and is being judged`;
}

async function follow(id, name) {
  let epoch = 0;
  training.hidden = false;
  for (;;) {
    const job = await (await fetch(`/v1/jobs/${id}`)).json();
    if (["done", "failed", "cancelled"].includes(job.state)) {
      training.textContent = job.state === "done" ? `${job.result.model} is trained. Judge it above.` : `${name} ${job.state}: ${job.error?.detail || job.error?.title || ""}`;
      return renew();
    }
    training.textContent = `${name}: ${stage(job)} …`;
    if (job.progress.epoch > epoch) {
      epoch = job.progress.epoch;
      await renew();
    }
    await new Promise((again) => setTimeout(again, LOOK));
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [name, epochs, small] = ["name", "epochs", "small"].map((each) => form.elements[each]);
  const settings = { epochs: epochs.valueAsNumber, ...(small.checked ? { small: true } : {}) };
  const ordered = await asked("/v1/promotions/training", { name: name.value, settings }, "untrained");
  if (ordered) await follow(ordered.job_id, name.value);
});

if (form) {
  const { jobs } = await (await fetch("/v1/jobs?kind=train")).json();
  const open = jobs.find((job) => ["queued", "running"].includes(job.state));
  if (open) await follow(open.id, "The run");
}
