// Signed notes and their keys (C2SP signed-note): does a log's key sign a checkpoint?
import { fromBase64, hex, join, sha256, same, utf8 } from "./bytes.js";

const ED25519 = 1;
const DASH = "\u2014 ";

// A verifier key text: name+8 hexadecimal digits+base64 of type and key. Null if it is none.
export async function readKey(spelled) {
  const found = /^(\S+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(spelled.trim());
  if (!found) return null;
  const [, name, id, base64] = found;
  const bytes = fromBase64(base64);
  if (bytes.length !== 33 || bytes[0] !== ED25519) return null;
  const digest = await sha256(join(utf8(name), Uint8Array.of(10), bytes));
  return hex(digest.slice(0, 4)) === id ? { name, id: digest.slice(0, 4), key: bytes.slice(1) } : null;
}

// A checkpoint: its signed text and what it says; null if it is none.
export function readCheckpoint(note) {
  const end = note.indexOf("\n\n");
  const lines = note.slice(0, end + 1).split("\n");
  if (end < 0 || lines.length !== 4 || !/^(0|[1-9][0-9]{0,15})$/.test(lines[1])) return null;
  return { text: note.slice(0, end + 1), origin: lines[0], size: Number(lines[1]), root: fromBase64(lines[2]) };
}

// Whether the key signs the note: true, false, or null if this browser has no Ed25519.
export async function isSignedBy(note, key) {
  const said = readCheckpoint(note);
  if (!said || said.origin !== key.name) return false;
  const lines = note.slice(said.text.length + 1).split("\n").filter((line) => line.startsWith(`${DASH}${key.name} `));
  const blobs = lines.map((line) => fromBase64(line.slice(DASH.length + key.name.length + 1)));
  const mine = blobs.find((blob) => blob.length === 68 && same(blob.slice(0, 4), key.id));
  if (!mine) return false;
  const made = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
  if (!made) return null;
  return crypto.subtle.verify({ name: "Ed25519" }, made, mine.slice(4), utf8(said.text));
}
