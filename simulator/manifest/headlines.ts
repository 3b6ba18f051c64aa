/**
 * A quick scan of YAML text for the headline of each document: apiVersion, kind, name, namespace and lines.
 * It reads block style and one-line flow metadata, which is how manifests are written; it is for finding places,
 * never for deciding what is applied.
 */

export interface Headline {
  /** 1-based line of the document's first content line, and of its last line. */
  readonly line: number;
  readonly endLine: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** 1-based line of `metadata.name`; the document's line when it has none. */
  readonly nameLine: number;
}

interface Draft {
  line: number;
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string;
  nameLine: number;
  metadataIndent: number;
}

export function headlines(text: string): readonly Headline[] {
  const found: Headline[] = [];
  let draft: Draft | undefined;
  let number = 0;
  let inMetadata = false;
  const finish = (endLine: number): void => {
    if (draft !== undefined && (draft.kind !== "" || draft.apiVersion !== "")) {
      const { line, apiVersion, kind, name, namespace, nameLine } = draft;
      found.push({
        line,
        endLine,
        apiVersion,
        kind,
        name,
        namespace,
        nameLine: nameLine === 0 ? line : nameLine,
      });
    }
    draft = undefined;
    inMetadata = false;
  };
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    let end = newline < 0 ? text.length : newline;
    const next = end + 1;
    if (text.charCodeAt(end - 1) === carriageReturn && end > start) end--;
    number++;
    const first = text.charCodeAt(start);
    if (first === dash && text.startsWith("---", start)) {
      finish(number - 1);
    } else if (first === space) {
      if (inMetadata && draft !== undefined)
        readMetadataLine(draft, text.slice(start, end), number);
    } else if (first !== hash && first !== newlineCode && end > start) {
      draft ??= {
        line: number,
        apiVersion: "",
        kind: "",
        name: "",
        namespace: "",
        nameLine: 0,
        metadataIndent: -1,
      };
      inMetadata = readTopLine(draft, text.slice(start, end), number);
    }
    start = next;
  }
  finish(number);
  return found;
}

const dash = 45;
const space = 32;
const hash = 35;
const newlineCode = 10;
const carriageReturn = 13;

/** Reads a line that starts at column 1; says whether the lines below it belong to `metadata`. */
function readTopLine(draft: Draft, line: string, number: number): boolean {
  const colon = line.indexOf(":");
  if (colon < 0) return false;
  switch (unquote(line.slice(0, colon))) {
    case "apiVersion":
      draft.apiVersion = scalar(line.slice(colon + 1));
      return false;
    case "kind":
      draft.kind = scalar(line.slice(colon + 1));
      return false;
    case "metadata":
      readFlowMetadata(draft, line, number);
      return true;
    default:
      return false;
  }
}

function readMetadataLine(draft: Draft, line: string, number: number): void {
  const match = /^( +)(name|namespace|["']?[\w./-]+["']?) *:(.*)$/.exec(line);
  if (match === null) return;
  const indent = match[1]?.length ?? 0;
  if (draft.metadataIndent < 0) draft.metadataIndent = indent;
  if (indent !== draft.metadataIndent) return;
  if (match[2] === "name") {
    draft.name = scalar(match[3] ?? "");
    draft.nameLine = number;
  }
  if (match[2] === "namespace") draft.namespace = scalar(match[3] ?? "");
}

function readFlowMetadata(draft: Draft, line: string, number: number): void {
  const name = /[{,]\s*name:\s*([^,}]+)/.exec(line);
  const namespace = /[{,]\s*namespace:\s*([^,}]+)/.exec(line);
  if (name !== null) {
    draft.name = scalar(name[1] ?? "");
    draft.nameLine = number;
  }
  if (namespace !== null) draft.namespace = scalar(namespace[1] ?? "");
}

function scalar(text: string): string {
  const plain =
    /^\s*(?:&[\w-]+\s+)?("[^"]*"|'[^']*'|[^#\s](?:[^#]|(?<!\s)#)*)?/.exec(text)?.[1] ?? "";
  return unquote(plain.trim());
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
