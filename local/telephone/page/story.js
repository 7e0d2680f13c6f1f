// What the simulators' logs say of a call, as three things: what a caller hears and says, what goes
// over the wire between Vapi, Twilio and Switchboard, and how the call stands. What is `own` is told of
// the line at our own number.

const WHO = { assistant: "assistant", customer: "customer" };

/** How the call stands: state ("ringing" …), who speaks to the caller, why it ended. */
export function standing(events) {
  const now = { state: "ringing", assistant: null, busy: false, ended: null };
  const own = events[0]?.own;
  for (const one of events) {
    if (one.own) standAtOurs(now, one);
    else if (own && now.state === "person") continue; // what the assistant's call still tells
    else if (own && one.event === "call-ended") Object.assign(now, { state: "line", assistant: null });
    else if (one.event === "status") now.state = one.status;
    else if (one.event === "assistant-started") Object.assign(now, { state: "in-progress", assistant: one.assistant });
    else if (one.event === "reached" && one.kind === "person") now.state = "person";
    else if (one.event === "call-ended") Object.assign(now, { state: "ended", ended: one.reason });
    else if (one.event === "busy") Object.assign(now, { state: "ended", ended: "busy" });
  }
  return now;
}

const OVER = ["completed", "busy", "failed", "no-answer", "canceled"];

function standAtOurs(now, one) {
  if (one.event === "enqueued") now.state = "waiting";
  else if (one.event === "bridged" || one.event === "joined") now.state = "person";
  else if (one.event === "parted" || one.event === "left") now.state = "line";
  else if (one.event === "status" && one.status === "in-progress") now.state = "line";
  else if (one.event === "status" && OVER.includes(one.status)) Object.assign(now, { state: "ended", ended: one.status });
}

/** What is heard and said, in order: {key, who, text, cut, lasts} or {key, note}. */
export function heard(events) {
  const rows = [];
  const own = events[0]?.own;
  const last = (who) => rows.findLast((row) => row.who === who);
  events.forEach((one, key) => {
    const { at } = one;
    if (one.own) rows.push(...heardAtOurs(one, rows.at(-1)).map((row) => ({ key, at, ...row })));
    else if (one.event === "speech") rows.push({ key, at, who: WHO[one.who], text: one.text, lasts: one.lasts_ms, muted: one.muted });
    else if (one.event === "speech-cut") Object.assign(last("assistant") ?? {}, { text: one.text, cut: true });
    else if (one.event === "keypad") rows.push({ key, at, note: `you press ${one.digits}` });
    else if (one.event === "noise") rows.push({ key, at, note: "you make a sound" });
    else if (one.event === "reached" && !one.first) rows.push({ key, at, note: one.kind === "person" ? `a person answers at ${one.where}` : `${one.where} has the call` });
    else if (one.event === "status" && one.status === "forwarding") rows.push({ key, at, note: "a telephone rings …" });
    else if (one.event === "transfer-failed") rows.push({ key, at, note: `nobody there: ${one.why}` });
    else if (one.event === "call-ended" && !own) rows.push({ key, at, note: `over: ${one.reason}` });
  });
  return rows;
}

/** What of the line itself is heard: words of the queue, music, keys, who joins. */
function heardAtOurs(one, before) {
  if (one.event === "hears" && one.words) return [{ who: "assistant", text: one.words, lasts: one.lasts_ms }];
  if (one.event === "hears" && one.what !== "silence") return before?.note === one.what ? [] : [{ note: one.what }];
  if (one.event === "says") return [{ who: "customer", text: one.words, lasts: one.lasts_ms }];
  if (one.event === "key") return [{ note: `you press ${one.key}${one.heard ? "" : ", nobody listens"}` }];
  if (one.event === "enqueued") return [{ note: "you wait in line" }];
  if (one.event === "bridged" || one.event === "joined") return [{ note: "a person has you" }];
  if (one.event === "status" && OVER.includes(one.status)) return [{ note: `over: ${one.status}` }];
  return [];
}

const ARGUMENTS = ["status", "role", "transcriptType", "transcript", "tool", "endedReason", "turnId"];

const FINAL_ONLY = '[transcriptType="final"]'; // as an assistant asks for them: each row says it
const isPartial = (one) => one.type === "transcript" && one.transcriptType === "partial";

/**
 * What goes over the wire: {key, at, to: "us" | "vapi", what, says, status, took, signed, faults}; of
 * partial transcripts in a row the latest, and how many.
 */
export function wire(events) {
  const rows = [];
  events.forEach((one, key) => {
    const at = one.at - events[0].at;
    if (one.own) rows.push(...wireAtOurs(one).map((row) => ({ key, at, ...row })));
    else if (one.event === "message-leaves") {
      const before = rows.at(-1);
      if (isPartial(one) && before?.partial === one.role) {
        Object.assign(before, { at, says: one.transcript, count: before.count + 1, status: undefined });
        return;
      }
      const says = ARGUMENTS.map((name) => one[name]).filter(Boolean).join(" · ");
      rows.push({ key, at, to: "us", type: one.type, what: one.type.replace(FINAL_ONLY, ""), says: isPartial(one) ? one.transcript : says, partial: isPartial(one) && one.role, count: 1 });
    } else if (one.event === "message-sent" || one.event === "server-answered") {
      const row = rows.find((each) => each.type === one.type && each.to === "us" && each.status === undefined);
      if (row) Object.assign(row, { status: one.status, took: one.took_ms, signed: one.signed ?? [], faults: one.problems ?? [] });
    } else if (one.event === "tool-answered") rows.push({ key, at, to: "vapi", what: `answer to ${one.tool}`, says: one.answer, faults: one.problems });
    else if (one.event === "command") rows.push({ key, at, to: "vapi", what: one.kind, says: [one.target, one.content && `“${one.content}”`].filter(Boolean).join(" "), faults: one.problems });
    else if (one.event === "violation") rows.push({ key, at, to: "us", what: "a rule is broken", says: one.what, faults: [one.what] });
  });
  return rows;
}

const FIELDS = ["CallStatus", "StreamEvent", "Digits", "SpeechResult", "QueueResult", "QueuePosition", "StatusCallbackEvent", "RecordingStatus"];

/** What goes between Twilio and Switchboard: signed requests, and the documents that answer them. */
function wireAtOurs(one) {
  if (one.event === "webhook") {
    const says = FIELDS.map((name) => one.fields[name]).filter(Boolean).join(" · ");
    const faults = one.error_code ? [`${one.error_code}`] : [];
    return [{ to: "us", from: "Twilio", what: new URL(one.url).pathname.replace(/v-CA\w+/, "…"), says, status: one.status, took: one.took_ms, signed: ["X-Twilio-Signature"], faults }];
  }
  if (one.event === "document") return [{ to: "vapi", from: "Twilio", what: one.verbs.join(", ") || "nothing", says: one.place === "a call" ? "" : one.place }];
  if (one.event.endsWith("-error")) return [{ to: "us", from: "Twilio", what: one.event, says: one.what, faults: [one.what] }];
  return [];
}
