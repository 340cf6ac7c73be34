// "Check in my browser": one event computed again here, step by step. Nothing is passed that was not computed.
import { canonical, fromBase64, fromBase64Url, hex, join, same, sha256, text } from "./bytes.js";
import { holds, thumbprint } from "./jose.js";
import { isSignedBy, readCheckpoint, readKey } from "./note.js";
import { rootOf } from "./receipt.js";

const LEAF = Uint8Array.of(0);
const KIND = { true: "passed", false: "failed", null: "undetermined" };
const SHAPE = { passed: "good", undetermined: "ask", failed: "bad" };
const box = document.getElementById("check-here");
const byId = (id) => document.getElementById(id);
const word = (name) => box.querySelector(`[data-word="${name}"]`).textContent;

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// The public key as the ledger has it, by whichever of its addresses; null if there is none of this thumbprint.
async function keyOf(kid) {
  const id = box.dataset.keys.split(" ").find((one) => one.split("@")[0] === kid);
  const found = id ? await ask(`/v1/keys/${encodeURIComponent(id)}`) : null;
  const jwk = found?.item.jwk;
  return jwk && (await thumbprint(jwk)) === kid ? jwk : null;
}

const members = (value) => canonical(value ?? null);

async function ofEntry(shown) {
  const bytes = fromBase64(shown.entry);
  const spelled = text(bytes);
  const entry = JSON.parse(spelled);
  const told = ["index", "stream", "version", "recorded_at"].every((name) => entry[name] === shown[name]);
  const steps = [["bytes", told && members(entry) === spelled]];
  const payload = fromBase64Url(entry.envelope.payload);
  steps.push(["payload", hex(await sha256(payload)) === shown.payload]);
  const event = JSON.parse(text(payload));
  const sameText =
    event.id === box.dataset.event && event.id === shown.event && event.kind === shown.kind &&
    event.subject === shown.stream && members(event.signers) === members(shown.signers) &&
    (event.reason ?? "") === shown.reason && members(entry.envelope) === members(shown.envelope) &&
    members(JSON.parse(byId("signed-text").textContent)) === text(payload);
  steps.push(["shown", sameText]);
  const signed = new Set();
  for (const one of entry.envelope.signatures) {
    const header = JSON.parse(text(fromBase64Url(one.protected)));
    signed.add(header.kid);
    const jwk = await keyOf(header.kid);
    steps.push(["signature", jwk && (await holds(jwk, one, entry.envelope.payload))]);
  }
  if (!signed.size || event.signers.some((one) => !signed.has(one.kid))) steps.push(["signature", false]);
  return { bytes, index: entry.index, steps };
}

async function ofLog(bytes, index, pasted) {
  const [service, note] = [await ask("/v1"), await fetch("/v1/checkpoint").then((answer) => answer.text())];
  const said = readCheckpoint(note);
  const proof = await ask(`/v1/proofs/inclusion?index=${index}&size=${said ? said.size : 0}`);
  const leaf = await sha256(join(LEAF, bytes));
  const root = await rootOf(leaf, index, said.size, proof.proof.map(fromBase64));
  const key = await readKey(service.log_key);
  return [
    ["leaf", same(leaf, fromBase64(proof.leaf_hash))],
    ["path", root !== null && same(root, said.root)],
    ["note", key !== null && (await isSignedBy(note, key))],
    ["key", pasted === "" ? null : pasted === service.log_key],
  ];
}

function show(steps) {
  const order = ["failed", "undetermined", "passed"];
  const rows = steps.map(([name, outcome]) => [name, KIND[outcome]]);
  rows.sort((one, other) => order.indexOf(one[1]) - order.indexOf(other[1]));
  byId("check-steps").replaceChildren(
    ...rows.map(([name, outcome]) => {
      const row = document.createElement("li");
      const state = document.createElement("span");
      const said = document.createElement("p");
      state.className = `is ${SHAPE[outcome]}`;
      state.textContent = word(outcome);
      said.textContent = word(`${name}-${outcome}`);
      row.dataset.step = name;
      row.dataset.outcome = outcome;
      row.append(state, said);
      return row;
    }),
  );
  byId("check-steps").hidden = false;
  const worst = rows[0][1];
  // The log's key as the server names it is never more than that: all else may agree, and this is said beside.
  const rest = rows.filter(([name]) => name !== "key").some(([, outcome]) => outcome === "undetermined");
  byId("check-verdict").textContent = word(worst === "failed" ? "here-bad" : rest ? "here-some" : "here-all");
}

async function check(event) {
  event.preventDefault();
  byId("check-verdict").textContent = word("here-busy");
  try {
    const pasted = byId("log-key").value.trim();
    const { bytes, index, steps } = await ofEntry(await ask(box.dataset.base));
    show([...steps, ...(await ofLog(bytes, index, pasted))]);
  } catch (error) {
    console.info(error);
    byId("check-steps").hidden = true;
    byId("check-verdict").textContent = word("here-broken");
  }
}

if (window.isSecureContext && crypto.subtle) {
  byId("check-form").hidden = false;
  byId("check-form").addEventListener("submit", check);
} else {
  byId("check-insecure").hidden = false;
}
