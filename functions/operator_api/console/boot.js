// Fetches the console's own files two at a time, then starts it. Each is a request to a function
// that callers' webhooks share their executions with: an opened page must not take them all.
const FIRST = [
  "vendor/preact.mjs",
  "vendor/hooks.mjs",
  "vendor/htm.mjs",
  "api.js",
  "kit.js",
  "main.js",
  "live.js",
];
const AT_ONCE = 2;
const TRIES = 4;
const GONE = 404; // a release came between the document and its files

async function fetched(name) {
  const address = new URL(name, import.meta.url);
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return void (await answer.text());
    if (answer?.status === GONE) throw Object.assign(new Error("there is a newer release"), { gone: true });
    if (tries === TRIES) throw new Error(`${name}: ${answer ? answer.status : "no answer"}`);
    await new Promise((again) => setTimeout(again, 300 * 2 ** tries));
  }
}

async function start() {
  const left = [...FIRST];
  const one = async () => {
    while (left.length) await fetched(left.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await import("./main.js");
}

start().catch((error) => {
  if (error.gone && performance.getEntriesByType("navigation")[0]?.type !== "reload") return location.reload();
  document.getElementById("boot").textContent =
    `The console could not be opened (${error.message}). Load the page again.`;
});
