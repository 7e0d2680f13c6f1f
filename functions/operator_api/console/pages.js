// What the pages behind the first one are made of besides: fields, lists that are told a page at a time.

import { ask, useNews } from "./api.js";
import { html, useId, useState } from "./kit.js";

export const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);
export const dollars = (micros) => `$${(micros / 1e6).toFixed(micros && micros < 1e5 ? 4 : 2)}`;

/** A key for one act: what is clicked twice is done once. */
export const newKey = () => crypto.randomUUID();

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
