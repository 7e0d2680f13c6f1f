// Laid under the console by budgets.py: its clock runs so many times as fast (`window.__times`), so that ten minutes of
// a page that is open are half a minute.
const TIMES = window.__times ?? 20;
const real = Date.now.bind(Date);
const start = real();
Date.now = () => start + (real() - start) * TIMES;
for (const name of ["setTimeout", "setInterval"]) {
  const set = window[name].bind(window);
  window[name] = (act, ms = 0, ...rest) => set(act, ms / TIMES, ...rest);
}
