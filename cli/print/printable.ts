/**
 * Makes text from a repository safe to show: control characters, and characters that reorder or hide text, are
 * written as escapes, so that no file name or message can move the cursor, set a title or forge a line.
 */

/** C0 and C1 controls, DEL, soft hyphen, zero-width and bidirectional marks, line and paragraph separators, BOM. */
const unsafe =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One line of safe text. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u${hex(character)}`;
  });
}

/** Safe text that keeps its line breaks. */
export function printableLines(text: string): string {
  return text.replace(/\r\n/g, "\n").split("\n").map(printable).join("\n");
}

/** A copy of a record whose every string is safe. Line breaks stay in messages only, where printers expect them. */
export function printableRecord<Record>(record: Record): Record {
  return safe(record, "") as Record;
}

function safe(value: unknown, key: string): unknown {
  if (typeof value === "string")
    return key === "message" || key === "kept" ? printableLines(value) : printable(value);
  if (Array.isArray(value)) return value.map((item) => safe(item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [printable(name), safe(item, name)]),
    );
  }
  return value;
}

/**
 * JSON text that says the same without raw unsafe characters. They can only stand inside strings, where `\u` escapes
 * mean the same character; line breaks and tabs between tokens stay.
 */
export function printableJson(json: string): string {
  return json.replace(unsafe, (character) =>
    character === "\n" || character === "\t" || character === "\r"
      ? character
      : `\\u${hex(character)}`,
  );
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, "0");
}
