// What an operator does in a call that is under way, and says of one: each once, whatever is clicked.

import { ask, promised } from "./api.js";
import { html, Select, useEffect, useRef, useState } from "./kit.js";
import { Act, useKept, useOnce } from "./pages.js";

const ACT = promised("POST", "/api/calls/{id}/actions", "actionId");
const CORRECT = promised("POST", "/api/calls/{id}/correction", "callId department");

const LONGEST = 500;

/** Sends one action, and says what it came to. */
function useDeed(id) {
  const once = useOnce();
  return async (body, told) => {
    await once(body, (idempotencyKey) => ask(ACT, { names: { id }, body: { ...body, idempotencyKey } }));
    return told;
  };
}

/** @param silent Whether the assistant is muted, whoever it was. @param muting What is known of the last such decision. */
export function Actions({ id, people, departments, silent, muting }) {
  const deed = useDeed(id);
  const [text, type] = useKept(`words ${id}`, "");
  const [chosen, choose] = useState("");
  const [muted, mute] = useState(silent);
  const typed = useRef(text);
  typed.current = text;
  useEffect(() => mute(silent), [silent, muting]);
  const ready = people.filter((one) => one.state === "ready");
  const targets = [["", "choose"], ...departments.map((one) => [`department ${one}`, one]), ["person ", "any person"], ...ready.map((one) => [`person ${one.id}`, one.name])];
  const to = targets.some(([value]) => value === chosen) ? chosen : ""; // whoever was chosen may be away by now
  const speak = (how, told) => async () => {
    const said = await deed({ do: how, text: text.trim() }, told);
    if (typed.current === text) type(""); // else there are others by now
    return said;
  };
  const put = async () => {
    const [kind, who] = to.split(" ");
    const body = kind === "department" ? { do: kind, department: who } : { do: "person", ...(who ? { person: who } : {}) };
    return deed(body, "It is on its way: see the decisions.");
  };
  return html`<section class="panel acting" aria-labelledby="acting"><header><h2 id="acting">Step in</h2></header>
    <p class="field"><label for="words">Words</label><textarea id="words" maxlength=${LONGEST} value=${text} placeholder="What the caller or the assistant is to hear" onInput=${(event) => type(event.target.value)}></textarea></p>
    <p class="acts after"><${Act} label="Say to the caller" act=${speak("say", "It is being said.")} disabled=${!text.trim()} />
      <${Act} label="Tell the assistant" title="The caller does not hear it" act=${speak("tell", "The assistant was told.")} disabled=${!text.trim()} /></p>
    <div class="form after"><${Select} label="Put through to" value=${to} onChange=${(event) => choose(event.target.value)} options=${targets} />
      <${Act} label="Put through" act=${put} disabled=${!to} /></div>
    <p class="acts after"><${Act} label="Take over" sure="Your telephone rings?" act=${() => deed({ do: "take_over" }, "Your telephone rings; the caller comes when you take it.")} />
      <${Act} label=${muted ? "Unmute the assistant" : "Mute the assistant"} act=${async () => {
        const told = await deed({ do: muted ? "unmute" : "mute" }, muted ? "It speaks again." : "It is silent.");
        mute(!muted);
        return told;
      }} />
      <${Act} kind="danger" label="End the call" sure="Hang up on the caller?" act=${() => deed({ do: "end" }, "It is being ended.")} /></p></section>`;
}

export function Correction({ id, departments, was, again }) {
  const [to, choose] = useState("");
  const say = (department) => async () => {
    await ask(CORRECT, { names: { id }, body: { department } });
    again();
    return "Noted: it counts for the accuracy of routing.";
  };
  const others = [...departments, "person"].filter((one) => one !== was);
  return html`<section class="panel" aria-labelledby="wrong"><header><h2 id="wrong">Sent where they belong?</h2></header>
    ${was && html`<p class="acts"><${Act} label=${`Yes, ${was} was right`} act=${say(was)} /></p>`}
    <div class="form after"><${Select} label="They should have been sent to" value=${to} onChange=${(event) => choose(event.target.value)} options=${[["", "choose"], ...others.map((one) => [one, one === "person" ? "a person" : one])]} />
    <${Act} label="This was wrong" act=${say(to)} disabled=${!to} /></div></section>`;
}
