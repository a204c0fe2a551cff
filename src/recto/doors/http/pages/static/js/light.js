// Lights the marks of some keys on the page and their fields in the panel, and puts the rest in the shade.
const doc = document.querySelector(".doc");
const keyed = (key) => doc.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
let lit = [];

export function light(keys, { failing = false } = {}) {
  lit.forEach((element) => element.classList.remove("lit"));
  lit = keys.flatMap((key) => [...keyed(key)]);
  lit.forEach((element) => element.classList.add("lit"));
  const marks = doc.querySelector(".marks");
  marks?.classList.toggle("has-lit", lit.length > 0);
  marks?.classList.toggle("failing", failing && lit.length > 0);
}

export function marksOf(keys) {
  const all = keys.flatMap((key) => [...doc.querySelectorAll(`.marks [data-key="${CSS.escape(key)}"]`)]);
  const halos = all.filter((mark) => mark.classList.contains("halo"));
  return halos.length ? halos : all;
}
