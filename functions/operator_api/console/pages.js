// What the pages behind the first one are made of besides: buttons that act once, fields, lists that are
// told a page at a time.

import { ask, useNews } from "./api.js";
import { announce, html, said, useEffect, useId, useRef, useState } from "./kit.js";

const TOLD_MS = 6_000; // how long a button says what came of it

export const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);
export const dollars = (micros) => `$${(micros / 1e6).toFixed(micros && micros < 1e5 ? 4 : 2)}`;

const kept = new Map();

/**
 * State that outlives its part of the page: whoever comes back, or logs in again, goes on where he was.
 * @param until How long it is worth something after it was last changed, ms.
 */
export function useKept(name, first, until = Infinity) {
  const [value, put] = useState(() => (Date.now() - kept.get(name)?.at < until ? kept.get(name).value : first));
  return [value, (next) => {
    kept.set(name, { value: next, at: Date.now() });
    put(next);
  }];
}

addEventListener("another", () => kept.clear()); // goes on here, or nobody

/**
 * A key for each thing that is asked for: asked again after an answer that never came, it is the same one. What was
 * refused is over, and so is what is asked for otherwise: each has a key of its own.
 * @returns once(body, send): what `send` comes to, which is given the body's key.
 */
export function useOnce() {
  const keys = useRef(new Map());
  return async (body, send) => {
    const what = JSON.stringify(body);
    const key = keys.current.get(what) ?? crypto.randomUUID();
    keys.current.set(what, key);
    try {
      const told = await send(key);
      keys.current.delete(what);
      return told;
    } catch (error) {
      if (error.status >= 400 && error.status < 500) keys.current.delete(what);
      throw error;
    }
  };
}

/** The second click of a double click does nothing: it was meant for what stood there before. */
const anew = (act) => (event) => event.detail < 2 && act();

/** Nor does a key that is held: it would answer what it has asked. */
const held = (event) => event.repeat && event.preventDefault();

/**
 * A button that acts once: held while it runs, then it says what came of it.
 * @param act Does it; what it returns as text is shown. @param sure Asked once before.
 */
export function Act({ label, act, sure, kind = "", disabled, done = "Done.", title }) {
  const [state, be] = useState({ is: "idle" });
  const alive = useRef(true);
  const busy = useRef(false);
  const first = useRef(null);
  const button = useRef(null);
  const asked = useRef(false);
  useEffect(() => () => (alive.current = false), []);
  useEffect(() => {
    const asks = state.is === "asking";
    if (asks) first.current?.focus();
    else if (asked.current) button.current?.focus(); // back to where the question came from
    asked.current = asks;
  }, [state.is]);
  const go = async () => {
    if (busy.current) return;
    busy.current = true;
    be({ is: "acting" });
    try {
      const told = (await act()) || done;
      announce(told);
      if (alive.current) be({ is: "done", told });
      setTimeout(() => alive.current && be((was) => (was.is === "done" ? { is: "idle" } : was)), TOLD_MS);
    } catch (error) {
      if (alive.current) be({ is: "failed", told: said(error) });
    }
    busy.current = false;
  };
  if (state.is === "asking")
    return html`<span class="act sure" role="group" aria-label=${sure} onKeyDown=${(event) => {
      held(event);
      if (event.key === "Escape") {
        event.stopPropagation();
        be({ is: "idle" });
      }
    }}>
      <span>${sure}</span>
      <button class=${`strong ${kind}`} ref=${first} onClick=${anew(go)}>${label}</button>
      <button onClick=${anew(() => be({ is: "idle" }))}>No</button></span>`;
  return html`<span class="act" onKeyDown=${held}>
    <button class=${kind} title=${title} ref=${button} disabled=${disabled} aria-busy=${state.is === "acting"}
      onClick=${anew(() => (sure && !busy.current ? be({ is: "asking" }) : go()))}>${label}</button>
    ${state.is === "done" && html`<span class="told">${state.told}</span>`}
    ${state.is === "failed" && html`<span class="fault" role="alert">${state.told}</span>`}</span>`;
}

/** A text field with its name above it. */
export function Field({ label, hint, ...rest }) {
  const id = useId();
  return html`<p class="field"><label for=${id}>${label}</label><input id=${id} ...${rest} aria-describedby=${hint ? `${id}h` : undefined} />
    ${hint && html`<span class="hint" id=${`${id}h`}>${hint}</span>`}</p>`;
}

/** Pages of a list, one after the other. */
export function useList(operation, field, { names, query } = {}) {
  const first = useNews(operation, { names, query });
  const [more, add] = useState({ of: undefined, rows: [], cursor: null, busy: false, error: null });
  const held = more.of === first.data ? more : { rows: [], cursor: first.data?.nextCursor ?? null };
  const go = async () => {
    const { rows, cursor } = held;
    add({ of: first.data, rows, cursor, busy: true });
    try {
      const page = await ask(operation, { names, query: { ...query, cursor } });
      add({ of: first.data, rows: [...rows, ...page[field]], cursor: page.nextCursor ?? null });
    } catch (error) {
      add({ of: first.data, rows, cursor, error });
    }
  };
  return {
    news: first,
    rows: first.data ? [...first.data[field], ...held.rows] : [],
    more: held.cursor ? { go, busy: held.busy, error: held.error } : null,
  };
}

/** The next page of a list of useList, when there is one. */
export function More({ more }) {
  if (!more) return null;
  return html`<p class="after"><button onClick=${more.go} disabled=${more.busy}>${more.busy ? "Reading …" : "Show more"}</button>
    ${more.error && html`<span class="fault" role="alert">${more.error.message}</span>`}</p>`;
}
