"use strict";
// The page reads without this too: it only tells marks beside the pointer, and filters rows.
const told = document.getElementById("told");
if (told) {
  const silent = told.textContent;
  const markOf = (event) => event.target.closest ? event.target.closest(".mark") : null;
  const tell = (event) => {
    const mark = markOf(event);
    told.textContent = mark ? mark.getAttribute("aria-label") : silent;
  };
  document.addEventListener("focusin", tell);
  document.addEventListener("mouseover", (event) => { if (markOf(event)) tell(event); });
  // One stop of the tab key for each lane; arrows move within it.
  const moves = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  for (const lane of document.querySelectorAll(".lane svg")) {
    const marks = [...lane.querySelectorAll(".mark")];
    lane.addEventListener("keydown", (event) => {
      const mark = markOf(event);
      if (!mark || !(event.key in moves)) return;
      const next = Math.min(Math.max(marks.indexOf(mark) + moves[event.key], 0), marks.length - 1);
      mark.setAttribute("tabindex", "-1");
      marks[next].setAttribute("tabindex", "0");
      marks[next].focus();
      event.preventDefault();
    });
  }
}
const filter = document.getElementById("filter");
if (filter) {
  const text = document.getElementById("filter-text");
  const gate = document.getElementById("filter-gate");
  const shown = document.getElementById("filter-shown");
  const rows = [...document.querySelectorAll(".stopped tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      const fits = (!gate.value || row.dataset.gates.split(" ").includes(gate.value))
        && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = `${count} of ${rows.length} rows`;
  };
  text.addEventListener("input", apply);
  gate.addEventListener("change", apply);
  filter.hidden = false;
  apply();
}
