// The slider steps over the programme's own entries, and says which one it stands at. Without this file
// it steps over all entries, and the button beside it leads there all the same.
for (const slider of document.querySelectorAll("input[type=range][data-entries]")) {
  const entries = slider.dataset.entries.split(" ").map(Number);
  const said = slider.form.querySelector(`output[for="${slider.id}"]`);
  const nearest = (value) =>
    entries.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
  const show = () => {
    said.textContent = `№\u00a0${slider.value}`;
    slider.setAttribute("aria-valuetext", `${slider.dataset.word} ${slider.value}`);
  };
  // Beyond the newest entry named here (the state may be an old one) each number counts.
  const settle = () => {
    const value = Number(slider.value);
    if (value <= entries.at(-1)) slider.value = nearest(value);
    show();
  };
  slider.addEventListener("input", settle);
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const at = Number(slider.value);
    const next = by < 0 ? entries.findLast((one) => one < at) : entries.find((one) => one > at);
    if (!by || next === undefined) return;
    event.preventDefault();
    slider.value = next;
    show();
  });
}
