// What every page can do: choose a theme, take files, show its keys. Buttons say what they do by `data-do`.
import { on, press } from "./deeds.js";
import { takeFiles } from "./upload.js";

const files = document.getElementById("files");

on("help", () => document.getElementById("help").showModal());
on("upload", () => files.click());
on("theme", () => {
  const root = document.documentElement;
  const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  // A cookie, so that the server draws the next page in the right colours from its first byte.
  document.cookie = `recto-theme=${next}; path=/; max-age=31536000; samesite=lax`;
});
press("?", "help");
press("u", "upload");

files.addEventListener("change", () => {
  takeFiles([...files.files]);
  files.value = "";
});

// Files may be dropped anywhere. `dragenter` and `dragleave` come for every element on the way: only their balance counts.
const drop = document.querySelector(".drop");
let inside = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const follow = (change) => (event) => {
  if (!carriesFiles(event)) return;
  inside = Math.max(0, inside + change);
  drop.hidden = inside === 0;
};
addEventListener("dragenter", follow(1));
addEventListener("dragleave", follow(-1));
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("drop", async (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  inside = 0;
  drop.hidden = true;
  takeFiles(await dropped(event.dataTransfer));
});
addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) takeFiles([...event.clipboardData.files]);
});

// The dropped files, those in dropped folders too.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(filesIn))).flat();
}

async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return (await Promise.all(found.map(filesIn))).flat();
    found.push(...some.filter((one) => !one.name.startsWith(".")));
  }
}
