// The one way to the API. Of an answer the page gets the fields it has named and no others: so it cannot come to rest
// on what openapi.json does not promise (tests compare the two).

import { useCallback, useEffect, useRef, useState } from "./vendor/hooks.mjs";

const PATIENCE_MS = 12_000;
const SLOWEST = 20; // bytes a millisecond: with a list it takes longer to be sent at all
const EMPTY = 204;
const UNCHANGED = 304;
const STRANGER = 401;
const LONGEST_PAUSE_MS = 30_000;
const SECOND_MS = 1_000;

/** A request that was answered with a problem, or not at all (`status` 0). */
export class Refusal extends Error {
  constructor(status, problem = {}) {
    super(problem.detail || problem.title || "The console has no connection.");
    this.status = status;
    this.field = problem.field ?? null;
    this.reason = problem.reason ?? null;
    this.nextAllowedAt = problem.nextAllowedAt ?? null;
  }
}

/**
 * An operation of the API.
 * @param shape The fields that are read of its answer, nested in braces; `*` is every key of a map.
 */
export function promised(method, path, shape) {
  return { method, path, shape, fields: parsed(shape) };
}

function parsed(shape) {
  const words = shape.match(/[\w*]+|[{}]/g) ?? [];
  let at = 0;
  const level = () => {
    const found = [];
    while (at < words.length && words[at] !== "}") {
      const name = words[at++];
      let within = null;
      if (words[at] === "{") {
        at += 1;
        within = level();
        at += 1;
      }
      found.push([name, within]);
    }
    return found;
  };
  return level();
}

function picked(told, fields) {
  if (!fields || told === null || typeof told !== "object") return told;
  if (Array.isArray(told)) return told.map((one) => picked(one, fields));
  const kept = Object.create(null);
  for (const [name, within] of fields) {
    const names = name === "*" ? Object.keys(told) : name in told ? [name] : [];
    for (const key of names) kept[key] = picked(told[key], within);
  }
  return kept;
}

const strangers = new Set();

/** Be told when the session is over. */
export function onStranger(told) {
  strangers.add(told);
  return () => strangers.delete(told);
}

/**
 * Ask for an operation.
 * @param names Of its path. @param query Parameters; those without a value are left out.
 * @param body Sent as JSON; a file as the CSV that it is. @param etag Of the answer one has.
 * @returns Its fields; null when nothing has changed since `etag`. Throws a Refusal.
 */
export async function ask(operation, { names = {}, query = {}, body, etag, headers = {} } = {}) {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(names[name]));
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = given.length ? `?${new URLSearchParams(given)}` : "";
  const sent = { "X-Console": "1", ...headers };
  const told = { method: operation.method, headers: sent, cache: "no-store", credentials: "same-origin" };
  const list = body instanceof Blob;
  if (operation.method !== "GET") sent["Content-Type"] = list ? "text/csv" : "application/json";
  if (body !== undefined) told.body = list ? body : JSON.stringify(body);
  if (etag?.value) sent["If-None-Match"] = etag.value;
  const patience = PATIENCE_MS + (list ? body.size / SLOWEST : 0);
  let answer;
  try {
    answer = await fetch(path + search, { ...told, signal: AbortSignal.timeout(patience) });
  } catch {
    throw new Refusal(0);
  }
  if (answer.status === UNCHANGED) return null;
  if (answer.status === EMPTY) return {};
  const said = await answer.json().catch(() => null);
  if (!answer.ok) {
    if (answer.status === STRANGER && !path.startsWith("/console/")) strangers.forEach((one) => one());
    throw new Refusal(answer.status, said ?? {});
  }
  if (said === null) throw new Refusal(0, { detail: "What came is no answer of Switchboard's, or only a part of it." });
  if (etag) etag.value = answer.headers.get("etag");
  return picked(said, operation.fields);
}

/**
 * What an operation tells, asked again every so many seconds while the page is seen.
 * Never two requests at once; after a failure longer and longer pauses, at most 30 s.
 * @returns data, at (ms), error, again(): ask now, and put(data): what an action has told.
 */
export function useNews(operation, { names, query, seconds = 0, skip = false } = {}) {
  const [news, tell] = useState({ data: undefined, at: 0, error: null });
  const key = JSON.stringify([operation.path, names, query, skip]);
  const running = useRef(null);
  useEffect(() => {
    if (skip) return undefined;
    const turn = { failures: 0 };
    tell((was) => ({ ...was, data: running.current?.key === key ? was.data : undefined, error: null }));
    const next = () => {
      if (turn.over || !seconds || document.hidden) return;
      const pause = Math.min(LONGEST_PAUSE_MS, seconds * SECOND_MS * 2 ** turn.failures);
      turn.timer = setTimeout(turn.go, turn.failures ? pause : seconds * SECOND_MS);
    };
    turn.go = async (wanted) => {
      if (turn.busy || turn.over) {
        turn.wanted ||= wanted; // what is under way may be older than what was done
        return;
      }
      clearTimeout(turn.timer);
      turn.busy = true;
      try {
        const data = await ask(operation, { names, query });
        turn.failures = 0;
        if (!turn.over && !turn.wanted) tell({ data, at: Date.now(), error: null });
      } catch (error) {
        turn.failures += 1;
        if (!turn.over) tell((was) => ({ ...was, error }));
      }
      turn.busy = false;
      if (turn.wanted) turn.go((turn.wanted = 0));
      else next();
    };
    const seen = () => !document.hidden && (seconds || turn.failures) && turn.go();
    document.addEventListener("visibilitychange", seen);
    running.current = { key, turn };
    turn.go();
    return () => {
      turn.over = true;
      clearTimeout(turn.timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [key, seconds]);
  const again = useCallback(() => running.current?.turn.go(1), []);
  const put = useCallback((data) => {
    const turn = running.current?.turn;
    if (turn?.busy) turn.wanted = 1; // what is under way may be older
    tell({ data, at: Date.now(), error: null });
  }, []);
  return { ...news, ages: seconds > 0, pace: seconds * SECOND_MS, again, put };
}
