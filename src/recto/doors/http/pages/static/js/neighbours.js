// The order of the list that one came from, so that a document knows the next and the previous one.
const PLACE = "recto-list";

export function remember(ids) {
  sessionStorage.setItem(PLACE, JSON.stringify({ ids, address: location.pathname + location.search }));
}

export function listAddress() {
  return JSON.parse(sessionStorage.getItem(PLACE) ?? "null")?.address ?? "/";
}

export async function neighbour(id, by) {
  const ids = JSON.parse(sessionStorage.getItem(PLACE) ?? "null")?.ids ?? [];
  const known = ids.includes(id) ? ids : await newest();
  const here = known.indexOf(id);
  return here < 0 ? undefined : known[here + by];
}

async function newest() {
  const answer = await fetch("/v1/documents?limit=200");
  return answer.ok ? (await answer.json()).documents.map((one) => one.document.id) : [];
}
