// What the simulator's log says of a call, as three things: what a caller hears and says, what goes
// over the wire between Vapi and Switchboard, and how the call stands.

const WHO = { assistant: "assistant", customer: "customer" };

/** How the call stands: state ("ringing" …), who speaks to the caller, why it ended. */
export function standing(events) {
  const now = { state: "ringing", assistant: null, busy: false, ended: null };
  for (const one of events) {
    if (one.event === "status") now.state = one.status;
    else if (one.event === "assistant-started") Object.assign(now, { state: "in-progress", assistant: one.assistant });
    else if (one.event === "reached" && one.kind === "person") now.state = "person";
    else if (one.event === "call-ended") Object.assign(now, { state: "ended", ended: one.reason });
    else if (one.event === "busy") Object.assign(now, { state: "ended", ended: "busy" });
  }
  return now;
}

/** What is heard and said, in order: {key, who, text, cut, lasts} or {key, note}. */
export function heard(events) {
  const rows = [];
  const last = (who) => rows.findLast((row) => row.who === who);
  events.forEach((one, key) => {
    const at = one.v_ms;
    if (one.event === "speech") rows.push({ key, at, who: WHO[one.who], text: one.text, lasts: one.lasts_ms, muted: one.muted });
    else if (one.event === "speech-cut") Object.assign(last("assistant") ?? {}, { text: one.text, cut: true });
    else if (one.event === "keypad") rows.push({ key, at, note: `you press ${one.digits}` });
    else if (one.event === "noise") rows.push({ key, at, note: "you make a sound" });
    else if (one.event === "reached" && !one.first) rows.push({ key, at, note: one.kind === "person" ? `a person answers at ${one.where}` : `${one.where} has the call` });
    else if (one.event === "status" && one.status === "forwarding") rows.push({ key, at, note: "a telephone rings …" });
    else if (one.event === "transfer-failed") rows.push({ key, at, note: `nobody there: ${one.why}` });
    else if (one.event === "call-ended") rows.push({ key, at, note: `over: ${one.reason}` });
  });
  return rows;
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
    const at = one.at_ms - events[0].at_ms;
    if (one.event === "message-leaves") {
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
