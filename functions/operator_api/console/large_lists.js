// A list in parts: the API takes a million bytes of one with a request, and a page may send nothing
// to any other host than its own, so a large list goes as several, one after the other.

import { Refusal } from "./api.js";

const MOST_BYTES = 950_000; // of a part; the API takes a million
export const LARGEST_LIST = 25_000_000;
const [QUOTE, NEWLINE] = [0x22, 0x0a];
const WIDE = new Set(["255,254", "254,255"]); // marks of UTF-16, whose newlines are of two bytes

/**
 * A file's lines in parts, each under the file's own head.
 * @returns [{list: Blob, row: rows of the file before it}]. Throws a Refusal.
 */
export async function inParts(file) {
  if (file.size > LARGEST_LIST) throw new Refusal(413, { detail: `The list is larger than ${LARGEST_LIST / 1e6} MB. Ask the API for a link to upload it to: POST …/contacts without the list.` });
  if (file.size <= MOST_BYTES) return [{ list: file, row: 0 }];
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (WIDE.has(bytes.subarray(0, 2).join())) throw new Refusal(415, { detail: "A list of more than 1 MB has to be saved as UTF-8." });
  const ends = lineEnds(bytes);
  const head = bytes.subarray(0, ends[0]);
  const parts = [];
  let from = 0; // the line after which the part begins
  for (let line = 1; line < ends.length; line += 1) {
    if (line + 1 < ends.length && ends[line + 1] - ends[from] + head.length <= MOST_BYTES) continue;
    parts.push({ list: new Blob([head, bytes.subarray(ends[from], ends[line])]), row: from });
    from = line;
  }
  return parts;
}

/** Where each line ends; a newline in quotes is part of a cell. */
function lineEnds(bytes) {
  const ends = [];
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (bytes[at] === NEWLINE && !quoted) ends.push(at + 1);
  }
  if (ends.at(-1) !== bytes.length) ends.push(bytes.length);
  return ends;
}
