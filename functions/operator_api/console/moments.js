// What is said in a call, what it is taken for, and what is decided because of it: moment by moment.

import { Bar, html, Mark, plain, When } from "./kit.js";

const ROLES = { customer: "Caller", assistant: "Assistant" };
// What is drawn of a call; the rest is for machines.
const SHOWN = new Set(["AssistantStarted", "CallEnded", "Corrected", "CustomerInterrupted", "Decision", "KeyPressed", "Noticed", "ToolCalled", "TransferReported", "UtteranceHeard"]);
const OUTCOMES = { sent: "good", refused: "bad", unknown: "bad", not_sent: "off", dropped: "off", pending: "", sending: "" };
const REDACTED = /(\[[a-z _]+\])/i; // what was taken out of words before they were stored

/** The moments that people read: of a sentence still being heard the latest form alone. */
export function shown(timeline, over) {
  const rows = [];
  timeline.forEach((moment, index) => {
    if (!SHOWN.has(moment.what)) return;
    if (moment.what === "UtteranceHeard" && !moment.final) {
      const later = timeline.slice(index + 1).some((one) => one.what === "UtteranceHeard" && one.role === moment.role);
      if (later || over) return;
    }
    rows.push({ ...moment, key: moment.key ?? `${index}` });
  });
  return rows;
}

/**
 * One of them.
 * @param sure As of a thought. @param began Of the call (ms): times are seconds of it, not of the day.
 */
export function Moment({ moment, sure, began }) {
  const at = began
    ? html`<time class="n">${((Date.parse(moment.at) - began) / 1000).toFixed(1)}</time>`
    : html`<${When} at=${moment.at} seconds=${true} />`;
  if (moment.what === "UtteranceHeard")
    return html`<li class=${moment.role}>${at}<div><span class="who-said">${ROLES[moment.role] ?? "Somebody"}${moment.final ? "" : " …"}</span>
      <span class="said"><${Words} text=${moment.text} /></span>
      ${moment.role === "customer" && (moment.intent || moment.wantsPerson) && html`<${Thought} moment=${moment} sure=${sure} />`}</div></li>`;
  if (moment.what === "Decision")
    return html`<li class="decision">${at}<div><strong>${decided(moment)}</strong> <${Mark} tone=${OUTCOMES[moment.outcome] ?? ""}>${plain(moment.outcome)}<//>
      <small>decision ${moment.number}${moment.by ? `, asked for by ${moment.by}` : moment.reason ? `, because of ${because(moment.reason)}` : ""}</small>
      ${moment.text && html`<span class="theirs">“${moment.text}”</span>`}</div></li>`;
  return html`<li class="fact">${at}<span>${told(moment)}</span></li>`;
}

// Why a caller is sent where he is sent (whereabouts.py), and why something else is done (routing.py).
const BECAUSE = {
  final: "the caller's words",
  partials: "what the caller was saying",
  tool: "what the assistant understood",
  keypad: "a key",
  default: "nothing that was understood",
  interruptions: "the caller's cutting in",
  assistant: "an assistant that took over",
  promise: "what an assistant promised",
  resumed: "the call that broke off",
  operator: "whoever watches",
  unknown: "what is not known",
  vague: "words that meant nothing to it",
  clear: "words that may ask for a person",
  rapid: "quick interruptions",
  nobody_free: "nobody who is free",
};

/** A decision's reason as people read it. */
export const because = (reason) => BECAUSE[reason] ?? plain(reason);

const DEEDS = {
  route: "hands over to",
  default: "hands over to",
  clarify: "asks again",
  ask_person: "asks whether a person is wanted",
  simplify: "speaks in short sentences",
  to_person: "brings a person",
  never_mind: "leaves it at that",
  instead: "rings a telephone instead:",
  sorry: "says that it did not work:",
  stop_calling: "stops all calls to this number",
  number_needed: "asks for the number",
  emergency: "says whom to call in an emergency",
  say: "says",
  tell: "tells the assistant",
  mute: "mutes the assistant",
  unmute: "lets the assistant speak",
  end: "ends the call",
  take_over: "rings whoever takes over",
  as_it_is: "leaves it as it is:",
};

function decided(moment) {
  const deed = DEEDS[moment.kind] ?? plain(moment.kind);
  const whom = moment.kind === "to_person" ? "" : (moment.department ?? "");
  return `Switchboard ${deed} ${whom}`.trim();
}

function told(moment) {
  switch (moment.what) {
    case "AssistantStarted":
      return `${moment.assistantName ?? "an assistant"} speaks`;
    case "CallEnded":
      return `over: ${plain(moment.endedReason)}`;
    case "Corrected":
      return `corrected to ${moment.department}${moment.by ? ` by ${moment.by}` : ""}`;
    case "CustomerInterrupted":
      return "the caller cuts in";
    case "KeyPressed":
      return `keys ${moment.digits}`;
    case "ToolCalled":
      return `tool ${moment.name}: ${Object.entries(moment.arguments ?? {}).map(([key, value]) => `${plain(key)} ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ") || "nothing"}`;
    case "TransferReported":
      return `transfer to ${moment.destination ?? moment.toAssistant ?? (moment.toNumber ? "a telephone" : "somebody")}`;
    default:
      return [moment.kind, moment.detail].filter(Boolean).map(plain).join(": ") || plain(moment.what);
  }
}

export function Words({ text }) {
  return (text ?? "").split(REDACTED).map((part, index) => (index % 2 ? html`<span class="redacted" title="Taken out before it was stored">${part.slice(1, -1)}</span>` : part));
}

/** What the caller's words were last taken for; null: nothing that meant something yet. */
export const thoughtLast = (moments) => moments.findLast((one) => one.role === "customer" && (one.intent || one.wantsPerson)) ?? null;

/**
 * What words were taken for, and how surely.
 * @param sure From where on that decides something: the mark in the bar; null leaves it away.
 */
export function Thought({ moment, sure }) {
  const words = moment.wantsPerson ? "a person" : moment.intent;
  const share = moment.confidence ?? 0;
  const label = `${Math.round(share * 100)} % sure${sure ? `, decides from ${Math.round(sure * 100)} %` : ""}`;
  return html`<span class="scores"><span>${words}</span><${Bar} share=${share} at=${sure} label=${label} /><span class="n">${share.toFixed(2)}</span></span>`;
}
