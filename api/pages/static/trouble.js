// What a person is told. The words are the page's own: <template data-word="name">… {fact} …</template>.

export class Trouble extends Error {
  // name: of the words; facts: for their {places}; field: id of the input that is to be mended
  constructor(name, facts = {}, field = "") {
    super(name);
    Object.assign(this, { name, facts, field });
  }
}

export function word(name, facts = {}) {
  const found = document.querySelector(`template[data-word="${name}"]`);
  const words = found ? found.content.textContent.trim() : name;
  return words.replace(/\{([a-z]+)\}/g, (whole, place) => (place in facts ? String(facts[place]) : whole));
}

export const inWords = (error) =>
  error instanceof Trouble ? word(error.name, error.facts) : word("failed", { why: error.message || error.name });

// Mark the field that is to be mended, and take older marks away.
export function mark(root, field) {
  for (const one of root.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  const found = field ? document.getElementById(field) : null;
  if (found) found.setAttribute("aria-invalid", "true");
}

// A file for the person to keep; nothing is sent anywhere.
export function offer(link, name, content) {
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
}

// Instants as the pages write them: 29.09.2025, 09:31.
export function clockOf(timeZone) {
  const [day, minute] = [{ day: "2-digit", month: "2-digit", year: "numeric" }, { hour: "2-digit", minute: "2-digit" }];
  return new Intl.DateTimeFormat("uk-UA", { timeZone, ...day, ...minute, hourCycle: "h23" });
}
