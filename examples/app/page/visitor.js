/** Who asks: random names that tell people and conversations apart, and say nothing else about anybody. */

const IDLE_MS = 30 * 60 * 1000;

// Kept here too: a browser may refuse to store anything.
const memory = new Map();

const read = (key) => {
  try { return localStorage.getItem(key) ?? memory.get(key); } catch { return memory.get(key); }
};

const write = (key, value) => {
  memory.set(key, value);
  try { localStorage.setItem(key, value); } catch { /* known as long as the page is open */ }
  return value;
};

// Not randomUUID, which is missing where the page is served without TLS from another machine.
const random = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const user = () => read("user_id") ?? write("user_id", `user-${random()}`);

export const newConversation = () => {
  write("conversation_at", String(Date.now()));
  return write("conversation_id", `conversation-${random()}`);
};

/** The same for as long as somebody keeps asking; after half an hour of silence another. */
export const conversation = () => {
  const id = read("conversation_id");
  if (!id || Date.now() - Number(read("conversation_at")) > IDLE_MS) return newConversation();
  write("conversation_at", String(Date.now()));
  return id;
};
