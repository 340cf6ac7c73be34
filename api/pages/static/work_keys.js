// Keys that this browser keeps: made here, or opened once from a file. Nothing of them is sent.
import { fromBase64Url, hex } from "./bytes.js";
import { makeKey, possession } from "./jose.js";
import { openKeyFile } from "./keyfile.js";
import { allKept, forget, isKept, keep } from "./kept.js";
import { Trouble, clockOf, inWords, mark, offer, word } from "./trouble.js";

const main = document.getElementById("keys");
const $ = (id) => document.getElementById(id);

async function start() {
  if (!window.isSecureContext || !window.crypto?.subtle || !window.indexedDB) return;
  main.hidden = false;
  $("keys-unable").hidden = true;
  $("make-form").addEventListener("submit", (event) => attempt(event, make));
  $("import-form").addEventListener("submit", (event) => attempt(event, bring));
  try {
    await list();
  } catch {
    complain(new Trouble("not-kept"));
  }
}

async function attempt(event, act) {
  event.preventDefault();
  const buttons = main.querySelectorAll("button");
  for (const one of buttons) one.disabled = true;
  mark(main, "");
  try {
    await act();
    await list();
  } catch (error) {
    complain(error);
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

async function make() {
  const person = $("make-person").value.trim();
  if (!person) throw new Trouble("no-person", {}, "make-person");
  const made = await makeKey();
  if (!made) throw new Trouble("no-algorithm");
  const ledger = { genesis: main.dataset.genesis, origin: main.dataset.origin };
  const proof = await possession(made, person, ledger);
  await keep(made);
  const shown = $("made").content.cloneNode(true);
  offer(shown.querySelector("a"), `key.enrolled-${person}.json`, `${JSON.stringify(proof, null, 2)}\n`);
  const digits = hex(fromBase64Url(made.kid)).match(/.{4}/g).join(" ");
  fill(shown, { kid: made.kid, fingerprint: digits, jwk: JSON.stringify(made.jwk) });
  say(shown);
}

async function bring() {
  const field = $("sign-passphrase");
  const passphrase = field.value;
  field.value = ""; // whatever comes of it
  say(word("reading"));
  const opened = await openKeyFile($("sign-file").files[0], passphrase);
  $("import-form").reset();
  if (await isKept(opened.kid)) return say(word("kept-already"));
  await keep(opened);
  return say(word("imported", { kid: opened.kid }));
}

async function list() {
  const kept = await allKept();
  const rows = $("kept").tBodies[0];
  rows.replaceChildren(...kept.map(row));
  $("kept").hidden = kept.length === 0;
  $("kept-none").hidden = kept.length > 0;
}

function row(one) {
  const made = $("kept-row").content.cloneNode(true);
  const clock = clockOf(main.dataset.zone);
  fill(made, { kid: one.kid, alg: one.alg, made: clock.format(new Date(one.made)), state: "…" });
  const state = made.querySelector("[data-fill=state]");
  enrolment(one.kid).then((name) => state.replaceChildren(word(name)));
  const remove = made.querySelector("button");
  remove.setAttribute("aria-label", `${remove.textContent}: ${one.kid}`);
  remove.addEventListener("click", (event) =>
    attempt(event, async () => {
      await forget(one.kid);
      say(word("removed"));
    }));
  return made;
}

// Whether the ledger has this key. A record's id begins with its kid: the first ids after a piece of it tell.
async function enrolment(kid) {
  const answer = await fetch(`/v1/keys?after=${encodeURIComponent(kid.slice(0, -1))}&limit=9`).catch(() => null);
  if (!answer?.ok) return "unknown-enrolled";
  const found = (await answer.json()).items.filter((one) => one.kid === kid);
  if (found.length === 0) return "not-enrolled";
  return found.some((one) => one.status === "live") ? "enrolled" : "ended";
}

function fill(root, texts) {
  for (const [name, words] of Object.entries(texts)) root.querySelector(`[data-fill=${name}]`).textContent = words;
}

function say(what) {
  $("keys-outcome").replaceChildren(what);
}

function complain(error) {
  mark(main, error.field);
  const shown = $("keys-trouble").content.cloneNode(true);
  fill(shown, { message: inWords(error) });
  say(shown);
  if (error.field) $(error.field).focus();
}

if (main) start();
