// A training run on this document: a slider over the epochs after which it was judged, and what was said after each.
import { ask, id, made, refuse } from "./words.js";

const pick = (name) => document.querySelector(`.${name}`);

export class Scrubber {
  // `model` is the list that the runs are added to; `moved` is told when another epoch is looked at.
  constructor(model, moved) {
    this.model = model;
    this.slider = pick("epoch");
    this.run = null;
    this.kept = new Map();
    this.slider.addEventListener("input", () => {
      this.tell();
      moved();
    });
    pick("bars").addEventListener("click", (event) => {
      const bar = event.target.closest("[data-at]");
      if (!bar) return;
      this.slider.value = bar.dataset.at;
      this.slider.dispatchEvent(new Event("input"));
    });
  }

  // The runs that judged this document become choices beside the models; one may be named in the address.
  async begin() {
    const { runs } = await ask(`/v1/inspect/${id}/runs`).catch(() => ({ runs: [] }));
    if (!runs.length) return;
    const choices = runs.map((run) => made("option", { value: `run ${run.id}`, "data-run": run.id }, `${run.name}, ${run.state}`));
    this.model.append(made("optgroup", { label: "Training runs, epoch by epoch" }, ...choices));
    const wanted = choices.find((choice) => choice.dataset.run === new URLSearchParams(location.search).get("run"));
    if (!wanted) return;
    wanted.selected = true;
    await this.choose();
  }

  // Another model or run was chosen: a run begins at its last epoch.
  async choose() {
    const run = this.model.selectedOptions[0]?.dataset.run;
    try {
      this.run = run ? await ask(`/v1/inspect/${id}/runs/${run}`) : null;
    } catch (problem) {
      this.run = null;
      refuse(problem);
    }
    pick("epochs").hidden = !this.run;
    if (!this.run) return;
    const { epochs } = this.run;
    this.slider.max = epochs.length - 1;
    this.slider.value = epochs.length - 1;
    const most = Math.max(1, ...epochs.map((epoch) => epoch.wrong_words));
    pick("bars").replaceChildren(...epochs.map((epoch, at) => made("i", { "data-at": at, title: `Epoch ${epoch.epoch}: ${epoch.wrong_words} wrong` })));
    for (const bar of pick("bars").children) bar.style.setProperty("--share", epochs[bar.dataset.at].wrong_words / most);
    this.tell();
  }

  get epoch() {
    return this.run.epochs[Number(this.slider.value)];
  }

  // What was measured of this document after the epoch, by the labels that it had then.
  tell() {
    const { epoch, entities, words, fields, wrong_words: wrong, figure, loss, predictions } = this.epoch;
    const last = this.run.epochs.at(-1).epoch;
    const name = `Epoch ${epoch} of ${last}`;
    pick("epoch-said").textContent = name;
    this.slider.setAttribute("aria-valuetext", `${name}: ${wrong} wrong words`);
    const parts = [["words", words], ["values", entities], ["fields", fields]].filter(([, [, , there]]) => there).map(([what, [right, , there]]) => `${right} of ${there} ${what} right`);
    const all = figure == null ? "" : ` All held-out documents: F1 ${figure.toFixed(3)}, loss ${loss.toFixed(3)}.`;
    pick("epoch-figures").textContent = `When it was judged: ${[...parts, `${wrong} wrong`].join(", ")}.${all}${predictions ? "" : " What it said of each word was not kept."}`;
    for (const bar of pick("bars").children) bar.classList.toggle("now", bar.dataset.at === this.slider.value);
  }

  // The answer for this epoch; where it was not kept, the document with nothing said of it.
  async said() {
    const { epoch, predictions } = this.epoch;
    const address = predictions ? `/v1/inspect/${id}/runs/${this.run.id}/epochs/${epoch}` : `/v1/inspect/${id}`;
    if (!this.kept.has(address)) this.kept.set(address, await ask(address));
    const answer = this.kept.get(address);
    if (predictions) return answer;
    return { ...answer, original: { ...answer.original, predictions: [] }, metrics: {}, model_info: { model_name: this.run.name, job_id: this.run.id } };
  }
}
