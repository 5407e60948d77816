// Helps where it can: everything works without it.
"use strict";

document.getElementById("problem")?.focus();

const words = document.getElementById("words");
if (words && document.getElementById("preview")) {
  const form = words.form, preview = document.getElementById("preview");
  const list = document.getElementById("preview-phrases"), count = document.getElementById("preview-count");
  let waiting = 0, asked = 0;

  const show = (phrases, leftOut) => {
    list.replaceChildren(...phrases.map((phrase) => {
      const item = document.createElement("li");
      item.dir = "auto";
      item.textContent = phrase;
      return item;
    }));
    preview.hidden = phrases.length === 0;
    const tooMany = leftOut.length ? `, and ${leftOut.length} too many` : "";
    count.textContent = phrases.length ? `${phrases.length} ${phrases.length === 1 ? "phrase" : "phrases"}${tooMany}` : "";
  };

  const ask = async () => {
    const number = ++asked;
    try {
      const answer = await fetch("/split", { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok && number === asked) {
        const { phrases, left_out } = await answer.json();
        show(phrases, left_out);
      }
    } catch { /* the network may be away; the button still works */ }
  };

  words.addEventListener("input", () => {
    clearTimeout(waiting);
    words.setCustomValidity([...words.value].length > words.dataset.longest ? `Please shorten it to ${words.dataset.longest} characters.` : "");
    waiting = setTimeout(ask, 700);
  });
}
