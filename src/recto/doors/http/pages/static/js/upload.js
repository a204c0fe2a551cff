// Sends files one by one, a few at a time, and shows in the tray how far each is and why one was refused.
import { on, say } from "./deeds.js";

const AT_ONCE = 3;
const tray = document.querySelector(".tray");
const items = tray.querySelector(".tray-items");
const form = document.getElementById("tray-item");
const waiting = [];
let sending = 0;
let hiding;

on("close-tray", () => close());

function close() {
  tray.hidden = true;
  items.querySelectorAll(".over").forEach((item) => item.remove());
}

export function takeFiles(files) {
  clearTimeout(hiding);
  for (const [file, beside] of paired(files)) {
    const item = form.content.firstElementChild.cloneNode(true);
    item.querySelector(".tray-name").textContent = beside ? `${file.name} + ${beside.name}` : file.name;
    item.querySelector(".tray-state").textContent = "waiting";
    items.prepend(item);
    waiting.push({ file, beside, item });
  }
  tray.hidden = items.childElementCount === 0;
  next();
}

// Each file with the e-invoice beside it: the XML of its name, which is then no document of its own.
function paired(files) {
  const stem = (file) => file.name.replace(/\.[^.]*$/, "").toLowerCase();
  const isXml = (file) => /\.xml$/i.test(file.name);
  const documents = files.filter((file) => !isXml(file));
  const named = new Set(documents.map(stem));
  const invoices = new Map(files.filter((file) => isXml(file) && named.has(stem(file))).map((file) => [stem(file), file]));
  const alone = files.filter((file) => isXml(file) && invoices.get(stem(file)) !== file);
  return [...documents.map((file) => [file, invoices.get(stem(file))]), ...alone.map((file) => [file])];
}

function next() {
  while (sending < AT_ONCE && waiting.length) send(waiting.shift());
}

async function send({ file, beside, item }) {
  sending += 1;
  const state = item.querySelector(".tray-state");
  try {
    const taken = await post(file, beside, (share) => {
      item.querySelector("progress").value = share;
      state.textContent = `${Math.floor(share * 100)} %`;
    });
    item.classList.add("over", "taken");
    state.textContent = taken.state === "read" ? "here already" : "taken in";
    dispatchEvent(new CustomEvent("recto:taken", { detail: taken }));
  } catch (error) {
    item.classList.add("over", "refused");
    state.textContent = error.message;
    say(`${file.name}: ${error.message}`);
  }
  sending -= 1;
  next();
  if (!sending) settled();
}

function settled() {
  const refused = items.querySelectorAll(".refused").length;
  const taken = items.querySelectorAll(".taken").length;
  if (taken) say(`${taken} taken in${refused ? `, ${refused} refused` : ""}`);
  // What was refused stays until it has been seen.
  if (!refused) hiding = setTimeout(close, 2500);
}

// One document by XMLHttpRequest: `fetch` cannot say how far an upload is.
function post(file, beside, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    if (beside) body.append("attachment", beside, beside.name);
    request.open("POST", "/v1/documents");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => failed(new Error("The server cannot be reached."));
    request.onload = () => {
      const answer = request.response;
      if (request.status === 202) done(answer.documents[0]);
      else failed(new Error(`${answer?.title ?? "It was refused."} ${answer?.detail ?? ""}`.trim()));
    };
    request.send(body);
  });
}
