// Who had the caller, for how long, and because of what: a call as legs on one line of time.

import { clock, grouped, html, lasting, Panel, plain, useMemo, useNow } from "./kit.js";
import { because } from "./moments.js";

const TO_ASSISTANT = new Set(["route", "default"]);
const TO_PERSON = new Set(["to_person", "instead", "take_over"]);
const BACK = "in-progress";
const RINGS = "forwarding";

/**
 * The legs of a call, in order.
 * @param moments Of its timeline. @param call Its head.
 * @returns [{who, kind: "rings" | "assistant" | "person", from (ms), to (ms or null), because}].
 */
export function legs(moments, call) {
  const began = Date.parse(call.firstSeenAt ?? call.startedAt);
  const found = [{ who: "it rings", kind: "rings", from: began, to: null, because: call.direction === "outbound" ? "we rang" : "the caller rang us" }];
  const decisions = moments.filter((one) => one.what === "Decision");
  const next = (who, kind, at, because) => {
    found.at(-1).to ??= at;
    found.push({ who, kind, from: at, to: null, because });
  };
  // Each decision moves the caller once. It is dated by our clock and what came of it by the
  // provider's, so that the order of times alone would not find it.
  const cause = (kinds, who) => {
    const at = decisions.findIndex((one) => kinds.has(one.kind) && (!who || one.department === who));
    return at < 0 ? "by the assistant itself" : words(decisions.splice(at, 1)[0]);
  };
  const last = () => found.at(-1);
  for (const moment of moments) {
    const at = Date.parse(moment.at);
    if (moment.what === "AssistantStarted") next(moment.assistantName ?? "an assistant", "assistant", at, last().kind === "rings" ? "answered" : cause(TO_ASSISTANT, moment.assistantName));
    else if (moment.what === "StatusChanged" && moment.status === RINGS && last().kind !== "person") next(moment.destination ? `a person, ${grouped(moment.destination)}` : "a person", "person", at, cause(TO_PERSON));
    else if (moment.what === "StatusChanged" && moment.status === BACK && last().kind === "person") {
      const before = found.findLast((leg) => leg.kind === "assistant");
      next(before?.who ?? "an assistant", "assistant", at, "nobody took the caller");
    }
  }
  if (call.endedAt) last().to ??= Date.parse(call.endedAt);
  return found.filter((leg) => leg.to === null || leg.to > leg.from || leg.kind !== "rings");
}

function words(decision) {
  const why = decision.by ? `asked for by ${decision.by}` : because(decision.reason);
  return `decision ${decision.number}: ${why}`;
}

export function Legs({ moments, call, news }) {
  const found = useMemo(() => legs(moments, call), [moments, call]);
  const now = useNow();
  const end = call.endedAt ? Date.parse(call.endedAt) : now;
  const whole = Math.max(1, end - found[0].from);
  return html`<${Panel} title="Who had the caller" news=${{ ...news, error: null, at: 0 }} quiet=${true}>
    <ol class="legs">${found.map((leg, at) => html`<${Leg} key=${at} leg=${leg} to=${Math.max(leg.from, leg.to ?? end)} start=${found[0].from} whole=${whole} />`)}</ol>
    ${call.endedAt && html`<p class="hint after">Over at <span class="n">${clock(new Date(call.endedAt))}</span>: ${plain(call.howEnded ?? call.endedReason)}.</p>`}<//>`;
}

function Leg({ leg, to, start, whole }) {
  const [x, wide] = [((leg.from - start) / whole) * 100, Math.max(1, ((to - leg.from) / whole) * 100)];
  const time = lasting((to - leg.from) / 1000);
  return html`<li class=${leg.kind}><span class="name">${leg.who}</span><span class="n">${time}</span>
    <svg class="bar long" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="of" width="100" height="6"></rect><rect class="is" x=${x} width=${wide} height="6"></rect></svg>
    <small>${leg.because}</small></li>`;
}
