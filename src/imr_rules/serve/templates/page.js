"use strict";
// Without this script every button works; with it an answer changes the outcome at once.
const form = document.getElementById("request");
const outcome = document.getElementById("outcome");
let newest = 0;
async function refresh(changed) {
  const mine = ++newest;
  const sent = new FormData(form);
  sent.delete("file");
  let reply;
  try { reply = await fetch("/", {method: "POST", body: sent}); } catch {
    const lost = document.getElementById("said");
    lost.textContent = "The server does not answer: start imr-rules serve again, on the same port. What is typed here stays.";
    lost.className = "problem";
    return;
  }
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.getElementById("outcome");
  if (mine !== newest) return;
  if (!reply.ok || !fresh) { form.requestSubmit(); return; }
  const open = [...outcome.querySelectorAll("details[open][id]")].map((one) => one.id);
  outcome.replaceChildren(...fresh.childNodes);
  for (const id of open) { const one = document.getElementById(id); if (one) one.open = true; }
  const again = document.getElementById(changed);
  if (again) {
    const folded = again.closest("details");
    if (folded) folded.open = true;
    again.focus({preventScroll: true});
  }
  const verdict = again && again.closest("article").querySelector(".verdict p");
  document.getElementById("said").textContent = verdict ? verdict.innerText : "";
}
if (outcome) {
  form.addEventListener("change", (event) => {
    if (event.target.closest(".questions")) refresh(event.target.id);
  });
}
