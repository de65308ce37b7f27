// Keeps the drawing where it is when a box is chosen, and shows which row of the table a line is. Nothing needs it.
"use strict";
(() => {
  const drawing = document.querySelector(".drawing");
  if (!drawing) return;
  const remembered = `place:${location.pathname}`;

  const keep = () => {
    const at = [window.scrollY, drawing.scrollLeft, drawing.scrollTop];
    try { sessionStorage.setItem(remembered, JSON.stringify(at)); } catch { /* No storage: the page starts at its top. */ }
  };
  const comeBack = () => {
    let at = null;
    try {
      at = JSON.parse(sessionStorage.getItem(remembered));
      sessionStorage.removeItem(remembered);
    } catch { /* As above. */ }
    if (at && !location.hash) {
      drawing.scrollTo(at[1], at[2]);
      window.scrollTo(0, at[0]);
    } else {
      showSelected();
    }
  };
  const showSelected = () => {
    const box = drawing.querySelector(".box.selected")?.getBoundingClientRect();
    if (!box) return;
    const frame = drawing.getBoundingClientRect();
    drawing.scrollTo(
      drawing.scrollLeft + box.left - frame.left - (frame.width - box.width) / 2,
      drawing.scrollTop + box.top - frame.top - (frame.height - box.height) / 2,
    );
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest(".drawing a, a[data-keep]")) keep();
  });
  comeBack();

  const rows = [...document.querySelectorAll("tr[data-line]")];
  const light = (target) => {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    const row = target.closest?.("tr[data-line]");
    const line = target.closest?.("[data-edge]")?.dataset.edge ?? row?.dataset.line;
    const node = target.closest?.("[data-node]")?.dataset.node;
    if (!line && !node) return;
    for (const each of rows) {
      const { line: its, from, to } = each.dataset;
      if (its === line || (node && (from === node || to === node))) each.classList.add("lit");
    }
    if (row) {
      for (const drawn of drawing.querySelectorAll("[data-edge], [data-node]")) {
        const name = drawn.dataset.edge ?? drawn.dataset.node;
        if ([row.dataset.line, row.dataset.from, row.dataset.to].includes(name)) drawn.classList.add("lit");
      }
    } else if (line) {
      for (const drawn of drawing.querySelectorAll("[data-edge]")) drawn.classList.toggle("lit", drawn.dataset.edge === line);
    }
  };
  document.addEventListener("pointerover", (event) => light(event.target));
  document.addEventListener("focusin", (event) => light(event.target));
})();
