/**
 * Which lines of a text differ: the changed ones with a little around them, as a unified diff shows them. For files inside
 * ConfigMaps and values, where two shortened strings would hide the difference. What is too large is not compared.
 */

const around = 2;
const mostLines = 40;
const longestLine = 200;
/** Cells of the table that finds the longest common subsequence. */
const mostCells = 250_000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/**
 * Lines that begin with `-`, `+` or a blank, and `@` for lines left out. Empty when the texts are equal, when neither has
 * several lines, or when they are too large.
 */
export function lineDiff(before: string, after: string): readonly string[] {
  if (before === after || !(before.trimEnd() + after.trimEnd()).includes("\n")) return [];
  const [old, now] = [before.split("\n"), after.split("\n")];
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const [oldMiddle, newMiddle] = [middle(old, head, tail), middle(now, head, tail)];
  if (oldMiddle.length * newMiddle.length > mostCells) return [];
  const lines: readonly Line[] = [
    ...old.slice(0, head).map(same),
    ...changed(oldMiddle, newMiddle),
    ...old.slice(old.length - tail).map(same),
  ];
  return shown(lines);
}

function middle(lines: readonly string[], head: number, tail: number): readonly string[] {
  return lines.slice(head, lines.length - tail);
}

function same(text: string): Line {
  return { sign: " ", text };
}

/** By the longest common subsequence, removed lines before added ones. */
function changed(old: readonly string[], now: readonly string[]): readonly Line[] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      longest[row * width + column] =
        old[row] === now[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [left, right] = [old[row], now[column]];
    if (left !== undefined && left === right) {
      lines.push(same(left));
      row++;
      column++;
      continue;
    }
    const removes =
      right === undefined || (left !== undefined && at(row + 1, column) >= at(row, column + 1));
    lines.push(removes ? { sign: "-", text: left ?? "" } : { sign: "+", text: right });
    if (removes) row++;
    else column++;
  }
  return lines;
}

/** The changed lines with what is around them, as far as there is room. */
function shown(lines: readonly Line[]): readonly string[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== " "),
  );
  const kept: string[] = [];
  let skipped = 0;
  const close = (): void => {
    if (skipped > 0) kept.push(`@ ${skipped} ${skipped === 1 ? "line" : "lines"}`);
    skipped = 0;
  };
  for (const [index, { sign, text }] of lines.entries()) {
    if (isNear[index] !== true || kept.length >= mostLines) skipped++;
    else {
      close();
      kept.push(sign + (text.length > longestLine ? `${text.slice(0, longestLine)}…` : text));
    }
  }
  close();
  return kept;
}
