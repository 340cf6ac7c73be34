// Key files: PKCS #8 under a passphrase (PBES2: PBKDF2 and AES-CBC), as `pledger keygen` writes them.
// Sources: RFC 5958 §3, RFC 8018 A.2–A.4, X.690 §8.1.
import { fromBase64, text as decode, utf8 } from "./bytes.js";
import { KINDS, publicJwk, thumbprint } from "./jose.js";
import { Trouble } from "./trouble.js";

const SIZE_MAX = 8192;
const ROUNDS_MAX = 10_000_000; // a file of somebody's making shall not hang the page
const PBES2 = "2a864886f70d01050d";
const PBKDF2 = "2a864886f70d01050c";
const HASHES = { "2a864886f70d0209": "SHA-256", "2a864886f70d020a": "SHA-384", "2a864886f70d020b": "SHA-512" };
const CIPHERS = { "60864801650304012a": 256, "608648016503040102": 128 };

// An opened key: {alg, kid, jwk, key}; its private half can be used and never read.
export async function openKeyFile(file, passphrase) {
  const frame = readFrame(await readText(file));
  if (!passphrase) throw new Trouble("no-passphrase", {}, "sign-passphrase");
  const secret = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", salt: frame.salt, iterations: frame.rounds, hash: frame.hash };
  const cipher = { name: "AES-CBC", length: frame.bits };
  const wrapping = await crypto.subtle.deriveKey(derivation, secret, cipher, false, ["unwrapKey"]);
  for (const alg of Object.keys(KINDS)) {
    const unwrap = (readable) =>
      crypto.subtle
        .unwrapKey("pkcs8", frame.body, wrapping, { name: "AES-CBC", iv: frame.iv }, KINDS[alg].make, readable, ["sign"])
        .catch(() => null);
    const key = await unwrap(false);
    if (key) return { alg, key, ...(await publicHalf(await unwrap(true))) };
  }
  throw new Trouble("wrong-passphrase", {}, "sign-passphrase");
}

// A browser gives a public half only of what may be read. Of that second copy the public members are
// taken and nothing is kept: the file and its passphrase are before this page anyway.
async function publicHalf(readable) {
  const jwk = publicJwk(await crypto.subtle.exportKey("jwk", readable));
  return { jwk, kid: await thumbprint(jwk) };
}

async function readText(file) {
  if (!file) throw new Trouble("no-file", {}, "sign-file");
  if (file.size > SIZE_MAX) throw new Trouble("file-too-large", {}, "sign-file");
  try {
    return decode(new Uint8Array(await file.arrayBuffer()));
  } catch {
    throw new Trouble("file-damaged", {}, "sign-file");
  }
}

function readFrame(pem) {
  if (/-----BEGIN (EC )?PRIVATE KEY-----/.test(pem)) throw new Trouble("file-plain", {}, "sign-file");
  const found = /^\s*-----BEGIN ENCRYPTED PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END ENCRYPTED PRIVATE KEY-----\s*$/.exec(pem);
  if (!found) throw new Trouble("file-damaged", {}, "sign-file");
  let der;
  try {
    der = fromBase64(found[1].replace(/\s+/g, ""));
    return read(der);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("file-damaged", {}, "sign-file");
  }
}

function read(der) {
  const [scheme, ciphertext] = items(only(der, 0x30), 2);
  const [name, parameters] = items(scheme.content, 2);
  const unsupported = new Trouble("file-method", {}, "sign-file");
  if (spelled(name) !== PBES2) throw unsupported;
  const [derivation, cipher] = items(parameters.content, 2);
  const [kdf, derived] = items(derivation.content, 2);
  if (spelled(kdf) !== PBKDF2) throw unsupported;
  const [salt, rounds, ...rest] = items(derived.content);
  const prf = rest.find((one) => one.tag === 0x30);
  const [cipherName, iv] = items(cipher.content, 2);
  const frame = {
    salt: salt.content,
    rounds: whole(rounds),
    hash: prf ? HASHES[spelled(items(prf.content)[0])] : undefined, // by default SHA-1, which is refused
    bits: CIPHERS[spelled(cipherName)],
    iv: iv.content,
    body: ciphertext.content,
  };
  if (!frame.hash || !frame.bits || !(frame.rounds >= 1 && frame.rounds <= ROUNDS_MAX)) throw unsupported;
  return frame;
}

function items(bytes, count) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const one = element(bytes, at);
    found.push(one);
    at = one.end;
  }
  if (count !== undefined && found.length !== count) throw new Error("count");
  return found;
}

function only(bytes, tag) {
  const [one] = items(bytes, 1);
  if (one.tag !== tag) throw new Error("tag");
  return one.content;
}

function element(bytes, at) {
  let [size, start] = [bytes[at + 1], at + 2];
  if (size > 0x82) throw new Error("length");
  for (let extra = size > 0x80 ? size - 0x80 : 0, first = true; extra > 0; extra -= 1, first = false) {
    size = (first ? 0 : size * 256) + bytes[start];
    start += 1;
  }
  const end = start + size;
  if (!(end <= bytes.length)) throw new Error("cut");
  return { tag: bytes[at], content: bytes.slice(start, end), end };
}

const spelled = (one) => [...one.content].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const whole = (one) => [...one.content].reduce((sum, byte) => sum * 256 + byte, 0);
