// The line: a call that is made here, what happens in it, and what Switchboard makes of it.

import { useEffect, useRef, useState } from "./console/kit.js";

const THOUGHTS_MS = 500; // as often as the API looks anew
const AFTERWARDS_MS = 4_000; // what is decided last is told a little after the end
const AGAIN_MS = 1_000;

/** Ask this server. Throws an Error that says what was wrong. */
export async function ask(path, body) {
  const told = { method: body ? "POST" : "GET", cache: "no-store" };
  if (body) Object.assign(told, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await fetch(`/telephone/${path}`, told).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!answer?.ok) throw new Error(said?.detail ?? "The local system does not answer.");
  return said;
}

/**
 * One call at a time.
 * @returns call {id, number, began (ms)}, events of Vapi's simulator, moments of the API, over, error,
 *   ring(wish), act(step) and leave(): the next call.
 */
export function useLine() {
  const [call, take] = useState(null);
  const [events, hear] = useState([]);
  const [moments, think] = useState([]);
  const [error, fail] = useState(null);
  const over = events.some((one) => one.event === "call-over");
  const ended = useRef(0);
  useEffect(() => (call ? listening(call, hear, fail) : undefined), [call?.id]);
  useEffect(() => (call ? reading(call, think, ended) : undefined), [call?.id]);
  useEffect(() => {
    ended.current = over ? Date.now() : 0;
  }, [over]);
  useEffect(() => {
    // whoever closes the page hangs up
    const gone = () => call && !over && navigator.sendBeacon(`/telephone/calls/${call.id}`, goodbye());
    addEventListener("pagehide", gone);
    return () => removeEventListener("pagehide", gone);
  }, [call?.id, over]);
  const ring = async (wish) => {
    fail(null);
    try {
      const began = Date.now();
      const { id } = await ask("calls", wish);
      hear([]);
      think([]);
      take({ id, began, ...wish });
    } catch (problem) {
      fail(problem);
    }
  };
  const act = async (step) => {
    fail(null);
    try {
      await ask(`calls/${call.id}`, step);
    } catch (problem) {
      fail(problem);
    }
  };
  return { call, events, moments, over, error, ring, act, leave: () => take(null) };
}

const goodbye = () => new Blob(['{"hang_up":"hangs up","wait_for":"now"}'], { type: "application/json" });

/** Waits for what happens, again and again, until the call is over. */
function listening(call, hear, fail) {
  let gone = false;
  const go = async () => {
    for (let after = 0; !gone; ) {
      try {
        const told = await ask(`calls/${call.id}?after=${after}`);
        if (gone) return;
        after = told.after;
        if (told.events.length) hear((was) => [...was, ...told.events]);
        if (told.events.some((one) => one.event === "call-over")) return;
      } catch (problem) {
        fail(problem);
        await new Promise((again) => setTimeout(again, AGAIN_MS));
      }
    }
  };
  go();
  return () => (gone = true);
}

/** Looks at what the API tells of the call, until a little after its end. */
function reading(call, think, ended) {
  let timer = 0;
  let gone = false;
  let after = "";
  const known = new Map();
  const go = async () => {
    const told = await ask(`calls/${call.id}/thoughts?after=${encodeURIComponent(after)}`).catch(() => null);
    if (gone) return;
    if (told?.call) {
      after = told.call.cursor;
      for (const moment of told.call.moments) known.set(moment.key, moment);
      if (told.call.moments.length) think([...known.values()].sort((a, b) => (a.at < b.at ? -1 : 1)));
    }
    if (!ended.current || Date.now() - ended.current < AFTERWARDS_MS) timer = setTimeout(go, THOUGHTS_MS);
  };
  go();
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}
