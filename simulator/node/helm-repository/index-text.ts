/**
 * Finds one chart's entry in the text of an `index.yaml` by its lines alone. In a block of YAML nothing that belongs to a
 * key stands as far left as the key itself, but the dashes of its list; that is all it relies on.
 */

/** The lines of an entry, with the line of its name; `unusual` when the text is not laid out as Helm's. */
export type EntryText = { readonly text: string } | "unusual" | undefined;

export function entryText(bytes: Buffer, name: string): EntryText {
  const start = lineStart(bytes, "entries:", 0);
  if (start === -1 || lineStart(bytes, "apiVersion:", 0) === -1) return "unusual";
  const head = lineAt(bytes, start);
  if (/^entries:\s*\{\}/.test(head)) return undefined;
  if (!/^entries:\s*(?:#.*)?$/.test(head)) return "unusual";
  const first = nextLine(bytes, start);
  const content = firstContent(bytes, first);
  const indent = /^( +)[^\s-]/.exec(content)?.[1];
  // `entries:` with nothing below it is an empty repository.
  if (indent === undefined) return /^(?:[A-Za-z]+:.*)?$/.test(content) ? undefined : "unusual";
  for (const key of spellings(name, content.trimStart())) {
    const at = lineStart(bytes, `${indent}${key}:`, first);
    if (at === -1) continue;
    // The one other mapping with free keys at the top of an index (Helm `pkg/repo/index.go`, `IndexFile`).
    if (lineStart(bytes.subarray(0, at), "annotations:", first) !== -1) return "unusual";
    return { text: bytes.toString("utf8", at, endOfBlock(bytes, at, indent.length)) };
  }
  return undefined;
}

/** Keys with escapes or over several lines are not looked for. A search through all of it takes a while, so few are made. */
function spellings(name: string, firstKey: string): readonly string[] {
  const quoted = [JSON.stringify(name), `'${name}'`];
  if (/^["']/.test(firstKey)) return [...quoted, name];
  const isPlain =
    /^[a-z][\w.-]+$/i.test(name) && !/^(?:true|false|null|yes|no|on|off)$/i.test(name);
  return isPlain ? [name] : [name, ...quoted];
}

/** Where a line that begins with `text` starts, at or after `from`; -1 when there is none. */
function lineStart(bytes: Buffer, text: string, from: number): number {
  if (from === 0 && bytes.indexOf(text) === 0) return 0;
  const at = bytes.indexOf(`\n${text}`, Math.max(0, from - 1));
  return at === -1 ? -1 : at + 1;
}

function nextLine(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(10, at);
  return end === -1 ? bytes.length : end + 1;
}

function lineAt(bytes: Buffer, at: number): string {
  return bytes.toString("utf8", at, nextLine(bytes, at)).replace(/\r?\n$/, "");
}

/** The first line that is neither empty nor a comment. */
function firstContent(bytes: Buffer, from: number): string {
  for (let at = from; at < bytes.length; at = nextLine(bytes, at)) {
    const line = lineAt(bytes, at);
    if (!/^\s*(?:#|$)/.test(line)) return line;
  }
  return "";
}

/** The end of what belongs to the key at `at`: nothing inside of it stands so far left, but dashes of its list. */
function endOfBlock(bytes: Buffer, at: number, indent: number): number {
  for (let line = nextLine(bytes, at); line < bytes.length; line = nextLine(bytes, line)) {
    let column = 0;
    while (bytes[line + column] === 32) column++;
    const byte = bytes[line + column];
    const isContent = byte !== 10 && byte !== 13 && byte !== 35;
    if (isContent && (column < indent || (column === indent && byte !== 45))) return line;
  }
  return bytes.length;
}
