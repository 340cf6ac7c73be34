// Checking a receipt before anybody says "recorded" (docs/proof.md): the entry is ours, it stands in the
// tree of the checkpoint, and the log's key signed that. Each check: [name, true | false | null (cannot tell)].
import { canonical, fromBase64, fromBase64Url, join, same, sha256, text, toBase64Url, utf8 } from "./bytes.js";
import { holds } from "./jose.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const MEMBERS = "envelope,genesis,index,recorded_at,stream,v,version";

// receipt: as answered; sent: the payload in base64url; jwks: the signers' public keys by kid;
// log: {origin, genesis, key}, key being the verifier key text.
export async function checkReceipt(receipt, sent, jwks, log) {
  const entry = fromBase64(receipt.entry);
  const note = readNote(receipt.checkpoint);
  const leaf = await sha256(join(LEAF, entry));
  const size = /^(0|[1-9][0-9]{0,15})$/.test(note.lines[1]) ? Number(note.lines[1]) : 0;
  const path = receipt.proof.map(fromBase64);
  const root = await rootOf(leaf, receipt.index, size, path);
  return [
    ["check-entry", await isOurs(entry, receipt, sent, jwks, log)],
    ["check-leaf", same(leaf, fromBase64(receipt.leaf_hash))],
    ["check-tree", root !== null && same(root, fromBase64(note.lines[2]))],
    ["check-checkpoint", await isSigned(note, log)],
  ];
}

async function isOurs(bytes, receipt, sent, jwks, log) {
  const spelled = text(bytes);
  const entry = JSON.parse(spelled);
  if (Object.keys(entry).sort().join() !== MEMBERS || canonical(entry) !== spelled) return false;
  if (entry.genesis !== log.genesis || entry.envelope.payload !== sent) return false;
  for (const name of ["index", "stream", "version", "recorded_at"]) {
    if (entry[name] !== receipt[name]) return false;
  }
  const payload = JSON.parse(text(fromBase64Url(sent)));
  if (payload.id !== receipt.event) return false;
  const kids = [...new Set(payload.signers.map((one) => one.kid))].sort();
  const signed = entry.envelope.signatures.map((one) => [headerOf(one).kid, one]);
  if (signed.map(([kid]) => kid).sort().join() !== kids.join()) return false;
  for (const [kid, one] of signed) {
    if (jwks.has(kid) && (await holds(jwks.get(kid), one, sent)) !== true) return false;
  }
  return true;
}

const headerOf = (one) => JSON.parse(text(fromBase64Url(one.protected)));

// The root that an inclusion path leads to, null if it has another length (RFC 9162 §2.1.3.2).
export async function rootOf(leaf, index, size, path) {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = await sha256(join(NODE, sibling, hash));
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = await sha256(join(NODE, hash, sibling));
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

// A signed note: its text, an empty line, and lines "— name base64(key id ‖ signature)" (C2SP signed-note).
function readNote(note) {
  const cut = note.lastIndexOf("\n\n");
  const body = note.slice(0, cut + 1);
  return { text: body, lines: body.split("\n"), signatures: note.slice(cut + 2).split("\n").filter(Boolean) };
}

async function isSigned(note, log) {
  const [name, id, spelled] = splitKey(log.key);
  const point = fromBase64(spelled);
  if (point[0] !== 1 || point.length !== 33 || note.lines[0] !== log.origin || note.lines.length !== 4) return false;
  const jwk = { kty: "OKP", crv: "Ed25519", x: toBase64Url(point.slice(1)) };
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
  if (!key) return null;
  for (const line of note.signatures) {
    const [dash, signer, blob] = line.split(" ");
    const bytes = dash === "—" && signer === name ? fromBase64(blob) : new Uint8Array();
    const known = [...bytes.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === id;
    if (known && (await crypto.subtle.verify("Ed25519", key, bytes.slice(4), utf8(note.text)))) return true;
  }
  return false;
}

// name+hex8+base64: the base64 may hold "+" itself.
function splitKey(text) {
  const parts = text.split("+");
  return [parts[0], parts[1], parts.slice(2).join("+")];
}
