/** Cuts YAML text into documents at the marks between them, which is safe by the YAML specification and needs no parser. */

export interface Slice {
  /** Offset in the text. The slice begins with its `---`, when it has one. */
  readonly start: number;
  readonly text: string;
}

const mark = /^---(?=\s|$)/gm;

export function slices(text: string): readonly Slice[] {
  const starts = [0];
  for (const { index } of text.matchAll(mark)) if (index > 0) starts.push(index);
  const cut = starts.map((start, at) => ({ start, text: text.slice(start, starts[at + 1]) }));
  return joinDirectives(cut);
}

/** `%YAML` and `%TAG` stand before the mark of the document that they belong to. */
function joinDirectives(cut: readonly Slice[]): readonly Slice[] {
  const [first, second, ...rest] = cut;
  if (!first || !second || !/^%/m.test(first.text)) return cut;
  return /^[^%#\s]/m.test(first.text)
    ? cut
    : [{ start: first.start, text: first.text + second.text }, ...rest];
}
