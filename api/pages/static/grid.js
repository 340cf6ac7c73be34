// Pasting a column from a spreadsheet: its lines go into the fields below each other.
// Nothing is computed or judged here; the server reads what stands in the fields.

for (const table of document.querySelectorAll("table[data-grid]")) {
  const cells = [...table.querySelectorAll("input[data-cell]")];
  table.addEventListener("paste", (event) => {
    const start = cells.indexOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    if (start < 0 || lines.length < 2) return;
    event.preventDefault();
    lines.slice(0, cells.length - start).forEach((line, place) => {
      cells[start + place].value = line.split("\t")[0].trim();
    });
    cells[Math.min(start + lines.length, cells.length) - 1].focus();
  });
  table.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (at < 0 || step === undefined || !cells[at + step]) return;
    event.preventDefault();
    cells[at + step].focus();
  });
}
