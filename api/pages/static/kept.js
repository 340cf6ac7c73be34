// Keys that this browser keeps (IndexedDB): their private halves can be used and never read.
// A kept key: {kid, alg, jwk, key, made}.

const NAME = "pledger";
const STORE = "keys";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "kid" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const allKept = () => run("readonly", (store) => store.getAll());
export const keep = (held) => run("readwrite", (store) => store.put({ ...held, made: new Date().toISOString() }));
export const forget = (kid) => run("readwrite", (store) => store.delete(kid));
export const isKept = async (kid) => (await allKept()).some((one) => one.kid === kid);
