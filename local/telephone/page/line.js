// The line: a call that is made here, what happens in it, and what Switchboard makes of it.

import { useEffect, useRef, useState } from "./console/kit.js";

const THOUGHTS_MS = 500; // as often as the API looks anew
const AFTERWARDS_MS = 4_000; // what is decided last is told a little after the end
const VISIT_MS = 1_000;
const AGAIN_MS = 1_000;
const GONE = ["completed", "busy", "failed", "no-answer", "canceled"]; // of a call at our own number

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
 * One call at a time: at Vapi's number, or at our own at Twilio, where each assistant that has the
 * caller has a call of its own at Vapi.
 * @returns call {id, number, own, began (ms)}, talk (the id at Vapi, as the console knows it), events of
 *   the simulators in order, moments and visit of the API, over, error, ring(wish), act(step) and leave().
 */
export function useLine() {
  const [call, take] = useState(null);
  const [events, hear] = useState([]);
  const [moments, think] = useState([]);
  const [visit, see] = useState(null);
  const [error, fail] = useState(null);
  const over = events.some((one) => (call?.own ? one.own && one.event === "status" && GONE.includes(one.status) : one.event === "call-over"));
  const ended = useRef(0);
  useEffect(() => (call ? follow(call, { hear, think, see, fail, ended }) : undefined), [call?.id]);
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
      see(null);
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
  const talk = call?.own ? events.findLast((one) => one.event === "put-through")?.with_call : call?.id;
  return { call, talk, events, moments, visit, over, error, ring, act, leave: () => take(null) };
}

const goodbye = () => new Blob(['{"hang_up":"hangs up","wait_for":"now"}'], { type: "application/json" });

/** Hears of a call, and of each that it is put through to; reads what the API makes of those at Vapi. */
function follow(call, told) {
  const page = { ...told, known: new Map(), closed: false };
  const talks = (id) => {
    listening(id, false, page, () => {});
    reading(id, page);
  };
  if (!call.own) talks(call.id);
  else {
    listening(call.id, true, page, talks);
    visiting(call.id, page);
  }
  return () => (page.closed = true);
}

const inOrder = (was, more) => [...was, ...more].sort((a, b) => a.at - b.at);

/** Waits for what happens, again and again, until nothing more will. */
async function listening(id, own, page, talks) {
  let began; // two simulators, two clocks: each told once
  for (let after = 0; !page.closed; ) {
    try {
      const told = await ask(`calls/${id}?after=${after}`);
      if (page.closed) return;
      after = told.after;
      began ??= told.beganMs;
      const news = told.events.map((one) => ({ ...one, own, at: began + one.at_ms }));
      if (news.length) page.hear((was) => inOrder(was, news));
      for (const one of news) if (one.event === "put-through") talks(one.with_call);
      if (own ? isLate(page) && !news.length : news.some((one) => one.event === "call-over")) return;
    } catch (problem) {
      page.fail(problem);
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

const isLate = ({ ended }) => Boolean(ended.current) && Date.now() - ended.current > AFTERWARDS_MS;

/** Looks at what the API tells of a call, until a little after the end. */
async function reading(id, page) {
  for (let after = ""; !page.closed && !isLate(page); ) {
    const told = await ask(`calls/${id}/thoughts?after=${encodeURIComponent(after)}`).catch(() => null);
    if (page.closed) return;
    if (told?.call) {
      after = told.call.cursor;
      for (const moment of told.call.moments) page.known.set(`${id} ${moment.key}`, moment);
      if (told.call.moments.length) page.think([...page.known.values()].sort((a, b) => (a.at < b.at ? -1 : 1)));
    }
    await new Promise((again) => setTimeout(again, THOUGHTS_MS));
  }
}

/** Looks at the whole stay: whom the caller is promised, who is asked, what they answer. */
async function visiting(id, page) {
  while (!page.closed && !isLate(page)) {
    const visit = await ask(`calls/${id}/visit`).catch(() => null);
    if (page.closed) return;
    if (visit) page.see(visit);
    await new Promise((again) => setTimeout(again, VISIT_MS));
  }
}
