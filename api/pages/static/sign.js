// Signing in the browser. The key and its passphrase stay here; only signed envelopes are sent.
import { openKeyFile } from "./keyfile.js";
import { sign } from "./jose.js";
import { allKept } from "./kept.js";
import { checkReceipt } from "./receipt.js";
import { readStatements } from "./statements.js";
import { Trouble, clockOf, inWords, mark, offer, word } from "./trouble.js";

const section = document.getElementById("sign");
const $ = (id) => document.getElementById(id);
const held = new Map(); // opened keys by kid, while this page is open
const language = document.documentElement.lang;

function start() {
  if (!window.isSecureContext || !window.crypto?.subtle || !window.indexedDB) {
    $("sign-unable").hidden = false;
    return;
  }
  $("sign-browser").hidden = false;
  $("sign-other").open = false;
  $("sign-by-file").addEventListener("submit", (event) => attempt(event, fromFile));
  $("sign-by-kept").addEventListener("submit", (event) => attempt(event, fromKept));
  showKept().catch(() => {});
}

const needed = () => new Set([...section.querySelectorAll("[data-kid]")].map((one) => one.dataset.kid));

async function showKept() {
  const fitting = (await allKept()).filter((one) => needed().has(one.kid));
  const select = $("sign-kept");
  for (const one of fitting) {
    const signer = section.querySelector(`[data-kid="${one.kid}"]`).dataset;
    select.add(new Option(word("kept-key", { name: signer.name, kid: one.kid }), one.kid));
  }
  $("sign-by-kept").hidden = fitting.length === 0;
  $("sign-none-kept").hidden = fitting.length > 0;
}

async function fromFile() {
  const field = $("sign-passphrase");
  const passphrase = field.value;
  field.value = ""; // whatever comes of it
  tell("reading");
  return openKeyFile($("sign-file").files[0], passphrase);
}

async function fromKept() {
  const found = (await allKept()).find((one) => one.kid === $("sign-kept").value);
  if (!found) throw new Trouble("no-kept", {}, "sign-kept");
  return found;
}

async function attempt(event, open) {
  event.preventDefault();
  const buttons = section.querySelectorAll("button");
  for (const one of buttons) one.disabled = true;
  mark(section, "");
  try {
    await signAll(await open());
  } catch (error) {
    complain(error);
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

async function signAll(key) {
  const statements = await readStatements(section);
  if (!statements.some((one) => one.kids.includes(key.kid))) {
    $("sign-by-file").reset();
    throw new Trouble("other-key", { kid: key.kid }, "sign-file");
  }
  held.set(key.kid, key);
  tell("signing");
  const envelopes = await Promise.all(statements.map(envelope));
  $("sign-by-file").reset();
  const missing = [...new Set(statements.flatMap((one) => one.kids))].filter((kid) => !held.has(kid));
  if (missing.length > 0) return showHalf(statements, envelopes, missing);
  tell("sending");
  const receipts = await submit(envelopes);
  if (!receipts) return undefined;
  tell("checking");
  return confirm(statements, receipts);
}

async function envelope(statement) {
  const signing = statement.kids.filter((kid) => held.has(kid)).map((kid) => sign(held.get(kid), statement.payload));
  return { payload: statement.payload, signatures: await Promise.all(signing) };
}

// The receipts; null where the ledger refused, and has been quoted.
async function submit(envelopes) {
  const body = JSON.stringify(envelopes.length === 1 ? envelopes[0] : { envelopes });
  const headers = { "Content-Type": "application/jose+json", "Accept-Language": language };
  let answer, content;
  try {
    answer = await fetch("/v1/events", { method: "POST", headers, body });
    content = await answer.json();
  } catch {
    throw new Trouble("answer-lost");
  }
  if (answer.status === 201) return content.receipts ?? [content];
  if (!content?.message) throw new Trouble("answer-strange", { status: answer.status });
  showProblem(content);
  return null;
}

async function confirm(statements, receipts) {
  const log = { origin: section.dataset.origin, genesis: section.dataset.genesis, key: section.dataset.logKey };
  const jwks = new Map([...held].map(([kid, one]) => [kid, one.jwk]));
  let checked;
  try {
    const each = statements.map((one, at) => checkReceipt(receipts[at], one.payload, jwks, log));
    checked = await Promise.all(each);
  } catch (error) {
    throw new Trouble("receipt-fails", { why: error.message });
  }
  const failed = checked.flat().find(([, outcome]) => outcome === false);
  if (receipts.length !== statements.length || failed) {
    throw new Trouble("receipt-fails", { why: failed ? word(failed[0]) : receipts.length });
  }
  showRecorded(statements, receipts, checked);
}

function tell(name) {
  $("sign-outcome").replaceChildren(word(name));
}

function complain(error) {
  mark(section, error.field);
  show("sign-trouble", (made) => {
    made.querySelector("[data-fill=message]").textContent = inWords(error);
  });
  if (error.field) $(error.field).focus();
}

function show(template, fill) {
  const made = $(template).content.cloneNode(true);
  fill(made);
  $("sign-outcome").replaceChildren(made);
  $("sign-outcome").focus();
}

function repeat(list, items, fill) {
  const model = list.firstElementChild;
  list.replaceChildren(...items.map((item) => {
    const made = model.cloneNode(true);
    fill(made, item);
    return made;
  }));
  list.hidden = items.length === 0;
}

function showProblem(problem) {
  show("sign-problem", (made) => {
    made.querySelector("[data-fill=title]").textContent = problem.title;
    made.querySelector("[data-fill=message]").textContent = problem.message[language];
    const found = [...(problem.discrepancies ?? []).map((one) => one.message[language]),
      ...(problem.errors ?? []).filter((one) => one.pointer)
        .map((one) => (one.got === null ? one.pointer : `${one.pointer}: ${JSON.stringify(one.got)}`))];
    repeat(made.querySelector("[data-fill=found]"), found, (item, words) => item.replaceChildren(words));
  });
}

function showHalf(statements, envelopes, missing) {
  show("sign-half", (made) => {
    const names = missing.map((kid) => section.querySelector(`[data-kid="${kid}"]`).dataset.name);
    made.querySelector("[data-fill=message]").textContent = word("half-signed", { names: names.join(", ") });
    repeat(made.querySelector("[data-fill=files]"), statements, (item, one) => {
      const link = item.querySelector("a");
      const name = one.file.replace(/\.json$/, ".signed.json");
      link.textContent = name;
      offer(link, name, JSON.stringify(envelopes[statements.indexOf(one)], null, 2));
    });
  });
}

function showRecorded(statements, receipts, checked) {
  held.clear();
  $("sign-ways").remove();
  for (const one of document.querySelectorAll("[data-unsigned]")) one.remove(); // it is signed now
  const clock = clockOf(section.dataset.zone);
  show("sign-recorded", (made) => {
    repeat(made.querySelector("[data-fill=receipts]"), receipts, (item, one) => {
      const link = item.querySelector("a");
      link.textContent = `№ ${one.index + 1}`;
      link.href = link.getAttribute("href").replace("EVENT", one.event);
      const files = item.querySelector("[data-fill=files]");
      files.hidden = !statements[receipts.indexOf(one)].namesFiles;
      files.firstElementChild.href = files.firstElementChild.getAttribute("href").replace("EVENT", one.event);
      item.querySelector("time").textContent = clock.format(new Date(one.recorded_at));
      item.querySelector("time").dateTime = one.recorded_at;
      const file = item.querySelector("a[download]");
      offer(file, `${one.event}.receipt.json`, JSON.stringify(one, null, 2));
      repeat(item.querySelector("[data-fill=checks]"), checked[receipts.indexOf(one)], (line, [name, outcome]) => {
        const state = line.querySelector(".is");
        state.textContent = word(outcome ? "passed" : "undetermined");
        state.classList.add(outcome ? "good" : "ask");
        line.append(word(outcome === null ? `${name}-open` : name));
      });
    });
  });
}

if (section) start();
