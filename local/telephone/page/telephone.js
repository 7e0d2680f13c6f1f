// A telephone in the page: whoever reads it is the caller; what comes of it appears beside.

import { h, render } from "./console/vendor/preact.mjs";
import { announce, choice, grouped, html, lasting, Mark, plain, useEffect, useMemo, useNow, useRef, useState } from "./console/kit.js";
import { Moment, shown } from "./console/moments.js";
import { Visit } from "./console/visit.js";
import { ask, useLine } from "./line.js";
import { heard, standing, wire } from "./story.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NEAR_PX = 60; // of the end of a list: then it is followed
const LETTERS_MS = 55; // as an unhurried voice

function Page() {
  const [offers, put] = useState(null);
  const line = useLine();
  useEffect(() => {
    ask("offers").then(put, () => put({ scripts: [], sentences: [] }));
  }, []);
  return html`<header class="top">
      <a class="mark-of" href="/telephone/"><svg class="sign" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 11C3 4 13 4 13 11" /><circle cx="3" cy="11.5" r="2" /><circle cx="13" cy="11.5" r="2" /></svg><span>Switchboard</span></a>
      <nav aria-label="Pages"><ul><li><a href="/telephone/" aria-current="page">Try a call</a></li><li><a href="/console">The console</a></li></ul></nav>
    </header>
    <main class="page telephone ${line.call ? "talks" : ""}" id="content" tabindex="-1">
      ${line.call ? html`<${Call} line=${line} offers=${offers} />` : html`<${Ring} line=${line} offers=${offers} />`}
    </main>
    <p id="spoken" class="unseen" role="status" aria-live="polite"></p>`;
}

// ---------------------------------------------------------------- before the call

const own = () => `+1415555${String(140 + Math.floor(Math.random() * 60)).padStart(4, "0")}`;

function Ring({ line, offers }) {
  const [number, type] = useState(own);
  const [script, choose] = useState("");
  const [busy, be] = useState(false);
  const [where, dial] = useState("");
  const ours = where === "own";
  const played = offers?.scripts.find((one) => one.file === script);
  const ring = async (event) => {
    event.preventDefault();
    if (busy) return;
    be(true);
    const at = ours ? { own: true } : {};
    await line.ring(played ? { ...at, script, number: played.number } : { ...at, number: number.trim() });
    be(false);
  };
  return html`<div class="ring">
    <h1>Try a call</h1>
    <p>You are the caller. Say what you would say to a company: Switchboard decides who answers, and you see why.
      Simulators play the telephone, Vapi and Twilio on this machine; nothing leaves it, and nobody is rung.</p>
    <form class="form tall" onSubmit=${ring}>
      <p class="field"><label for="where">Number called</label>
        <select id="where" value=${where} onChange=${(event) => dial(event.target.value)}>
          <option value="">one that Vapi has</option>
          ${offers?.own && html`<option value="own">our own at Twilio, ${grouped(offers.own)}</option>`}
        </select>
        <span class="hint">${ours ? html`Callers are admitted, wait in line and talk to people: make <a href="/console#/queue">people ready</a> first.` : offers && !offers.own ? "With a number of your own at Twilio callers wait in line and reach people: start with: make up TWILIO_PHONE_NUMBER=+14155550100" : "Assistants answer, and people are rung by Vapi."}</span></p>
      <p class="field"><label for="who">Who calls</label>
        <select id="who" value=${script} onChange=${(event) => choose(event.target.value)}>
          <option value="">you, by hand</option>
          ${(offers?.scripts ?? []).map((one) => html`<option value=${one.file}>${one.name}</option>`)}
        </select>
        ${played ? html`<span class="hint">${played.says.length ? `says: “${played.says[0]}”` : "says nothing"} You may take over at any moment.</span>` : null}</p>
      <p class="field"><label for="number">${played ? "Their number" : "Your number"}</label>
        <input id="number" type="tel" value=${played ? played.number : number} disabled=${Boolean(played)} onInput=${(event) => type(event.target.value)} required />
        <span class="hint">What the company sees. A number that rang before is known again.</span></p>
      <p><button class="strong big" disabled=${busy}>${busy ? "Ringing …" : played ? "Let them call" : "Call"}</button></p>
      ${line.error && html`<p class="fault" role="alert">${line.error.message}</p>`}
    </form></div>`;
}

// ---------------------------------------------------------------- in the call

function Call({ line, offers }) {
  const now = useMemo(() => standing(line.events), [line.events]);
  return html`<section class="panel handset" aria-labelledby="handset">
      <${Standing} line=${line} now=${now} />
      <${Heard} line=${line} />
      ${line.over || now.state === "ended" ? html`<${Over} line=${line} now=${now} />` : html`<${Say} line=${line} now=${now} sentences=${offers?.sentences ?? []} />`}
    </section>
    <${Made} line=${line} sure=${offers?.sureEnough} />
    <${Wire} line=${line} />`;
}

const STATES = { ringing: "It rings …", "in-progress": "You are through", forwarding: "A person's telephone rings …", person: "A person has you", ended: "The call is over", line: "On the line", waiting: "You wait in line" };

function Standing({ line, now }) {
  const time = useNow();
  const [stopped, stop] = useState(0);
  const over = now.state === "ended";
  useEffect(() => {
    if (over) stop(Date.now());
  }, [over]);
  const state = STATES[now.state] ?? plain(now.state);
  return html`<header><h1 id="handset">${now.state === "in-progress" && now.assistant ? html`With <em>${now.assistant}</em>` : state}</h1>
    <span class="n asof">${lasting(((stopped || time) - line.call.began) / 1000)}</span></header>`;
}

/** A list whose end is followed until somebody looks further up. */
function Followed({ label, count, children, kind = "" }) {
  const box = useRef(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count]);
  const moved = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return html`<ol class=${`followed ${kind}`} ref=${box} tabindex="0" aria-label=${label} onScroll=${moved}>${children}</ol>`;
}

const VOICES = { customer: "You", assistant: "They" };

function Heard({ line }) {
  const rows = useMemo(() => heard(line.events), [line.events]);
  const latest = rows.findLast((row) => row.who === "assistant");
  useEffect(() => {
    if (latest) announce(latest.text);
  }, [latest?.key]);
  return html`<${Followed} label="What is heard" count=${rows.length} kind="bubbles">${rows.map((row) =>
    row.note
      ? html`<li key=${row.key} class="note">${row.note}</li>`
      : html`<li key=${row.key} class=${row.who}><span class="unseen">${VOICES[row.who]}: </span><${Voice} row=${row} last=${row === rows.at(-1)} />${row.cut && html` <span class="none" title="cut short">—</span>`}</li>`,
  )}${!rows.length && html`<li class="note">…</li>`}<//>`;
}

/** Words as they are spoken; all at once for whoever wants nothing to move. */
function Voice({ row, last }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const [letters, say] = useState(still || !last ? row.text.length : 0);
  useEffect(() => {
    if (letters >= row.text.length) return undefined;
    const each = (row.lasts || row.text.length * LETTERS_MS) / row.text.length;
    const timer = setInterval(() => say((was) => was + Math.max(1, Math.round(100 / each))), 100);
    return () => clearInterval(timer);
  }, [letters >= row.text.length, row.text]);
  return html`<span>${row.text.slice(0, letters)}<span class="unsaid">${row.text.slice(letters)}</span></span>`;
}

function Say({ line, now, sentences }) {
  const [words, type] = useState("");
  const [model, playModel] = useState("");
  const field = useRef(null);
  const assisted = now.state === "in-progress"; // else keys and words are for the line itself
  const ready = assisted || now.state === "waiting" || now.state === "line" || (now.state === "person" && line.call.own);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const say = (text, over) => {
    if (!text.trim()) return;
    line.act(over ? { say: text.trim(), wait_for: "now", pause_ms: 0 } : { say: text.trim() });
    type("");
    field.current?.focus();
  };
  const cutIn = () => (words.trim() ? say(words, true) : line.act({ noise_ms: 450, wait_for: "now", pause_ms: 0 }));
  const speak = (event) => {
    event.preventDefault();
    line.act({ model_says: model.trim() });
    playModel("");
  };
  const hangUp = html`<p class="acts"><button class="danger" onClick=${() => line.act({ hang_up: "hangs up", wait_for: "now" })}>Hang up</button>
      <button class="plain" onClick=${() => line.act({ hang_up: "line drops", wait_for: "now" })} title="As if the network had lost you: ring again with the same number">Lose the line</button></p>
    ${line.error && html`<p class="fault" role="alert">${line.error.message}</p>`}`;
  if (!line.call.own && (now.state === "person" || now.state === "forwarding"))
    return html`<div class="saying"><p class="hint">${now.state === "person" ? "Two people talk now: nothing of it is heard here." : "Their telephone rings; nobody else hears you."}</p>${hangUp}</div>`;
  return html`<div class="saying">
    <form class="speak" onSubmit=${(event) => (event.preventDefault(), say(words, false))}>
      <label class="unseen" for="say">What you say</label>
      <input id="say" ref=${field} value=${words} onInput=${(event) => type(event.target.value)} placeholder="What you say" autocomplete="off" maxlength="400" />
      <button class="strong" disabled=${!words.trim()} title="As soon as nobody else speaks">Say</button>
      <button type="button" disabled=${!assisted} onClick=${cutIn} title="Now, over whoever speaks; without words, a sound">Cut in</button></form>
    <ul class="chips" aria-label="Sentences to say">${sentences.map((one) => html`<li key=${one.words}><button onClick=${() => say(one.words, false)} title=${one.department ? `an example of ${one.department}` : ""}>${one.words}</button></li>`)}</ul>
    <div class="keypad" role="group" aria-label="Keys">${KEYS.map((key) => html`<button key=${key} disabled=${!ready} onClick=${() => line.act({ press: key, wait_for: "now", pause_ms: 0 })}>${key}</button>`)}</div>
    <details><summary>No model speaks here: say its words too</summary>
      <p class="hint">The assistant's greeting, and what Switchboard tells it to say, are real. What a model would answer beyond that, you may put into its mouth.</p>
      <form class="speak" onSubmit=${speak}><label class="unseen" for="model">What the assistant says</label>
        <input id="model" value=${model} onInput=${(event) => playModel(event.target.value)} placeholder="What the assistant says" autocomplete="off" maxlength="400" />
        <button disabled=${!model.trim() || !assisted}>They say it</button></form></details>
    ${hangUp}</div>`;
}

function Over({ line, now }) {
  const button = useRef(null);
  useEffect(() => {
    button.current?.focus();
  }, []);
  return html`<div class="saying"><p>${line.call.own ? "Twilio" : "Vapi"} says: ${plain(now.ended)}.</p>
    <p class="acts"><button class="strong" ref=${button} onClick=${() => line.leave()}>Call again</button>
      <button onClick=${() => line.ring({ number: line.call.number, ...(line.call.own && { own: true }) })} title="It is known who rings">Ring again with ${grouped(line.call.number)}</button>
      ${line.talk && html`<a href=${`/console#/calls/${encodeURIComponent(line.talk)}`}>The call in the console</a>`}</p></div>`;
}

// ---------------------------------------------------------------- beside it

function Made({ line, sure }) {
  const rows = useMemo(() => shown(line.moments, line.over).filter((one) => one.role !== "assistant"), [line.moments, line.over]);
  return html`<section class="panel beside" aria-labelledby="made"><header><h2 id="made">What Switchboard makes of it</h2></header>
    <${Followed} label="What Switchboard makes of it" count=${rows.length} kind="talk">${rows.map((moment) => html`<${Moment} key=${moment.key} moment=${moment} sure=${sure} began=${line.call.began} />`)}${!rows.length && html`<li class="note">Nothing has been said yet.</li>`}<//>
    ${line.visit && html`<${Visit} news=${{ data: line.visit, at: 0, error: null }} names=${{}} own=${line.talk} />`}</section>`;
}

function Wire({ line }) {
  const rows = useMemo(() => wire(line.events), [line.events]);
  const signed = [...new Set(rows.flatMap((row) => row.signed ?? []))];
  return html`<section class="panel beside" aria-labelledby="wire"><header><h2 id="wire">Over the wire</h2><span class="asof">${signed.length ? `signed by ${signed.join(", ").toLowerCase()}` : "webhooks, and what comes back"}</span></header>
    <${Followed} label="Over the wire" count=${rows.length} kind="wire">${rows.map((row) => html`<${WireRow} key=${row.key} row=${row} />`)}<//></section>`;
}

function WireRow({ row }) {
  const bad = row.faults?.length > 0 || (row.status !== undefined && row.status >= 400);
  return html`<li class=${row.to}><span class="n none">${(row.at / 1000).toFixed(1)}</span>
    <div><span class="way" aria-hidden="true">${row.to === "us" ? "→" : "←"}</span> <span class="unseen">${row.to === "us" ? `${row.from ?? "Vapi"} to Switchboard: ` : `Switchboard to ${row.from ?? "Vapi"}: `}</span><strong>${row.what}</strong>${row.partial && html` <span class="none">partial${row.count > 1 && html` × <span class="n">${row.count}</span>`}</span>`}
      ${row.status !== undefined && html` <${Mark} tone=${bad ? "bad" : ""}><span class="n">${row.status}</span> in <span class="n">${Math.round(row.took)}</span> ms<//> ${row.signed.length ? html`<span class="none">signed</span>` : html`<${Mark} tone="bad">not signed<//>`}`}
      ${bad && row.to === "vapi" && html` <${Mark} tone="bad">refused<//>`}
      ${row.says && html`<span class="says theirs">${row.says}</span>`}</div></li>`;
}

const theme = choice("theme", "system");
if (theme !== "system") document.documentElement.dataset.theme = theme;
const page = document.getElementById("page");
page.textContent = "";
render(h(Page), page);
