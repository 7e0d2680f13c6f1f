// What is seldom seen: logging in, the list of keys, and what ends a stop of all dialing.

import { ask, promised } from "./api.js";
import { choice, choose, html, said, Sign, useEffect, useRef, useState } from "./kit.js";
import { Act, Field } from "./pages.js";

const RESUME = promised("POST", "/api/dialing/resume", "stopped");

/** @param again Asks what is live. */
export function Resume({ again }) {
  return html`<${Act} label="Let dialing go on" sure="Start dialing again?" act=${async () => {
    await ask(RESUME);
    again();
  }} />`;
}

export function Keys({ close }) {
  const box = useRef(null);
  const [keys, set] = useState(choice("keys", "on"));
  useEffect(() => {
    box.current.showModal();
  }, []);
  const turn = () => {
    const next = keys === "on" ? "off" : "on";
    choose("keys", next);
    set(next);
  };
  const row = (key, does) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`;
  return html`<dialog ref=${box} class="help" aria-labelledby="help" onClose=${close}>
    <h2 id="help">Keys</h2>
    <dl>${row("1 – 7", "the pages of the menu")}${row("j  k", "next row, row before")}${row("Enter", "open the row")}
      ${row("/", "search")}${row("Esc", "leave a field, a call")}${row("?", "this list")}</dl>
    <p><label><input type="checkbox" checked=${keys === "on"} onChange=${turn} /> Single keys do something</label></p>
    <p class="after"><button class="strong" onClick=${() => box.current.close()}>Close</button></p></dialog>`;
}

/** @param enter Logs in with a token. @param ended Whether a session was, and is over. */
export function LogIn({ enter, ended }) {
  const [token, type] = useState("");
  const [state, be] = useState({ busy: false, error: null });
  const sent = async (event) => {
    event.preventDefault();
    if (state.busy) return;
    be({ busy: true, error: null });
    try {
      await enter(token.trim());
    } catch (error) {
      be({ busy: false, error });
    }
  };
  return html`<main class="login">
    <h1><${Sign} /> Switchboard</h1>
    <form onSubmit=${sent}>
      <p>${ended ? "Your session is over. Log in again to go on where you were." : "Log in with your operator's token."}</p>
      <${Field} label="Token" type="password" value=${token} onInput=${(event) => type(event.target.value)}
        autocomplete="current-password" required autofocus spellcheck="false" />
      <p><button class="strong" disabled=${state.busy || !token.trim()}>${state.busy ? "Looking …" : "Log in"}</button></p>
      ${state.error && html`<p class="fault" role="alert">${said(state.error)}</p>`}
    </form></main>`;
}
