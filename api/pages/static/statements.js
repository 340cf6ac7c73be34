// The statements of the page: what is shown must be what the bytes say, or nothing is signed.
import { canonical, fromBase64, hex, sha256, text, toBase64Url } from "./bytes.js";
import { Trouble } from "./trouble.js";

// Each: {id, payload (base64url of the bytes), kids, file, namesFiles}. Raises Trouble text-differs.
export async function readStatements(section) {
  const found = [...section.querySelectorAll("[data-canonical]")];
  return Promise.all(found.map((shown) => readStatement(shown, section.dataset)));
}

async function readStatement(shown, page) {
  const bytes = fromBase64(shown.dataset.canonical);
  const spelled = text(bytes);
  const said = JSON.parse(spelled);
  const signers = [...shown.querySelectorAll("[data-kid]")].map(({ dataset }) => ({
    kid: dataset.kid,
    office: dataset.office,
    person: dataset.person,
  }));
  const claims = [
    [hex(await sha256(bytes)), shown.querySelector("[data-hash]").textContent.trim()],
    [spelled, shown.querySelector("[data-raw]").textContent],
    [spelled, canonical(said)],
    [canonical(said.signers), canonical(signers)],
    [`${said.id} ${said.seen} ${said.submit_before}`, shown.dataset.frame],
    [canonical(said.ledger), canonical({ genesis: page.genesis, origin: page.origin })],
  ];
  if (claims.some(([real, claimed]) => real !== claimed)) throw new Trouble("text-differs");
  return {
    id: said.id,
    payload: toBase64Url(bytes),
    kids: [...new Set(signers.map((one) => one.kid))],
    file: shown.dataset.file,
    namesFiles: (said.files ?? []).length > 0,
  };
}
