// Deeds by name: a button does the one that its `data-do` names, a key the one that was tied to it.
const deeds = new Map();
const keys = new Map();

export function on(name, deed) {
  deeds.set(name, deed);
}

export function press(key, name) {
  keys.set(key, name);
}

export function does(name, button) {
  deeds.get(name)?.(button);
}

// Says something to those who listen to the page instead of looking at it.
export function say(words) {
  document.getElementById("said").textContent = words;
}

addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) does(button.dataset.do, button);
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // Where arrows scroll what is focused, they go on doing so.
  if (event.key.startsWith("Arrow") && event.target.matches("[role=group][tabindex], .json")) return;
  const name = keys.get(event.key);
  if (!name || !deeds.has(name)) return;
  event.preventDefault();
  does(name);
});
