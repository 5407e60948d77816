// Levels without loading the page anew: it is fetched, and put in the place of what stands there.
"use strict";

const PARTS = ["levels", "state"], EVERY_MS = 2000;
let busy = 0;

const show = (text) => {
  const told = new DOMParser().parseFromString(text, "text/html");
  if (!PARTS.every((id) => told.getElementById(id) && document.getElementById(id))) return location.reload();
  const focused = document.activeElement?.id;
  for (const id of PARTS) {
    const here = document.getElementById(id), there = told.getElementById(id);
    if (here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
  }
  document.title = told.title;
  (document.getElementById("problem") ?? document.getElementById(focused))?.focus();
};

const ask = async (where, how) => {
  const answer = await fetch(where, how);
  return answer.text();
};

const isTyping = () => {
  const field = document.activeElement;
  return field?.name === "value" && field.tagName === "INPUT" && field.value !== field.defaultValue;
};

document.addEventListener("submit", async (event) => {
  if (!event.target.action.includes("/levels/")) return;
  event.preventDefault();
  busy += 1;
  try {
    const body = new URLSearchParams(new FormData(event.target, event.submitter));
    show(await ask(event.target.action, { method: "POST", body }));
  } catch {
    document.getElementById("state").textContent = "No answer: press again";
  } finally {
    busy -= 1;
  }
});

setInterval(async () => {
  if (busy || document.hidden || isTyping() || document.getElementById("problem")) return;
  try {
    const text = await ask("/levels");
    if (!busy && !isTyping()) show(text);
  } catch { /* the desk may be away; the buttons still tell */ }
}, EVERY_MS);
