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
  for (const file of files) {
    const item = form.content.firstElementChild.cloneNode(true);
    item.querySelector(".tray-name").textContent = file.name;
    item.querySelector(".tray-state").textContent = "waiting";
    items.prepend(item);
    waiting.push({ file, item });
  }
  tray.hidden = items.childElementCount === 0;
  next();
}

function next() {
  while (sending < AT_ONCE && waiting.length) send(waiting.shift());
}

async function send({ file, item }) {
  sending += 1;
  const state = item.querySelector(".tray-state");
  try {
    const taken = await post(file, (share) => {
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

// One file by XMLHttpRequest: `fetch` cannot say how far an upload is.
function post(file, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
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
