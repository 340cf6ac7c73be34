// Signing keys in the browser: Ed25519 and ES256, and signatures as the ledger reads them (RFC 7515, 7638).
import { canonical, fromBase64Url, sha256, toBase64Url, utf8 } from "./bytes.js";

export const EVENT = "pledger-event+jws";
export const POSSESSION = "pledger-possession+jws";
export const KINDS = {
  Ed25519: { make: { name: "Ed25519" }, use: { name: "Ed25519" } },
  ES256: { make: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
};

// The members that the thumbprint covers, and no others: never a private one.
export function publicJwk(jwk) {
  if (jwk.kty === "OKP") return { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
}

export const thumbprint = async (jwk) => toBase64Url(await sha256(utf8(canonical(publicJwk(jwk)))));

// A key of the better kind that this browser has; its private half can never be read.
export async function makeKey() {
  for (const alg of Object.keys(KINDS)) {
    const pair = await crypto.subtle.generateKey(KINDS[alg].make, false, ["sign", "verify"]).catch(() => null);
    if (pair) {
      const jwk = publicJwk(await crypto.subtle.exportKey("jwk", pair.publicKey));
      return { alg, jwk, kid: await thumbprint(jwk), key: pair.privateKey };
    }
  }
  return null;
}

// One signature: {protected, signature}. held: {alg, kid, key}; payload: base64url.
export async function sign(held, payload, typ = EVENT) {
  const header = { alg: held.alg, iat: Math.floor(Date.now() / 1000), kid: held.kid, typ };
  const covered = toBase64Url(utf8(canonical(header)));
  const made = await crypto.subtle.sign(KINDS[held.alg].use, held.key, utf8(`${covered}.${payload}`));
  return { protected: covered, signature: toBase64Url(made) };
}

// Whether a signature holds; null if this browser has no such algorithm.
export async function holds(jwk, one, payload) {
  const kind = KINDS[jwk.kty === "OKP" ? "Ed25519" : "ES256"];
  const key = await crypto.subtle.importKey("jwk", jwk, kind.make, false, ["verify"]).catch(() => null);
  if (!key) return null;
  return crypto.subtle.verify(kind.use, key, fromBase64Url(one.signature), utf8(`${one.protected}.${payload}`));
}

// The proof that a person holds a key, for a registrar (docs/authority.md): what key.enrolled says.
export async function possession(held, person, ledger) {
  const payload = toBase64Url(utf8(canonical({ jwk: held.jwk, ledger, person })));
  const proof = { payload, signatures: [await sign(held, payload, POSSESSION)] };
  return { person, jwk: held.jwk, possession: proof };
}
