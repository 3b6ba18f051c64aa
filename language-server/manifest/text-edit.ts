/** What differs between two texts, as one edit: the smallest part that was put in the place of another. */

export interface TextEdit {
  readonly start: number;
  /** In the text before. */
  readonly end: number;
  /** How much longer the text is now. */
  readonly shift: number;
}

export function textEdit(before: string, text: string): TextEdit {
  const most = Math.min(before.length, text.length);
  const start = sharedStart(before, text, most);
  let same = 0;
  const left = most - start;
  while (same + step <= left && endsAlike(before, text, same + step)) same += step;
  while (
    same < left &&
    before.charCodeAt(before.length - 1 - same) === text.charCodeAt(text.length - 1 - same)
  )
    same++;
  return { start, end: before.length - same, shift: text.length - before.length };
}

/** Parts of texts are compared many times as fast as their letters one by one. */
const step = 512;

function sharedStart(before: string, text: string, most: number): number {
  let at = 0;
  while (at + step <= most && before.slice(at, at + step) === text.slice(at, at + step)) at += step;
  while (at < most && before.charCodeAt(at) === text.charCodeAt(at)) at++;
  return at;
}

function endsAlike(before: string, text: string, length: number): boolean {
  const [a, b] = [before.length - length, text.length - length];
  return before.slice(a, a + step) === text.slice(b, b + step);
}
