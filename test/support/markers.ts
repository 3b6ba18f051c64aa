/**
 * Files with what is expected of them: several cases in one text, several files in one case, and under a text the diagnostics
 * that belong to it, as comments which are taken out before anything reads the files.
 *
 *   #= title of a case        #- path/of/a/file.yaml        #     ^^^^^^ error flux/ref-not-found
 */

export interface Mark {
  /** 0-based line and columns of the text without marks. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: string;
  readonly code: string;
}

export interface MarkedFile {
  readonly path: string;
  readonly text: string;
  readonly marks: readonly Mark[];
}

export interface MarkedCase {
  readonly title: string;
  readonly files: readonly MarkedFile[];
}

const mark = /^#? *(\^+) (error|warning|information|hint) (\S+)$/;

export function parseCases(text: string): readonly MarkedCase[] {
  return text
    .split(/^#= /m)
    .slice(1)
    .map((part) => {
      const newline = part.indexOf("\n");
      return { title: part.slice(0, newline), files: parseFiles(part.slice(newline + 1)) };
    });
}

function parseFiles(text: string): readonly MarkedFile[] {
  return text
    .split(/^#- /m)
    .slice(1)
    .map((part) => {
      const newline = part.indexOf("\n");
      return { path: part.slice(0, newline).trim(), ...readMarks(part.slice(newline + 1)) };
    });
}

function readMarks(text: string): Pick<MarkedFile, "text" | "marks"> {
  const lines: string[] = [];
  const marks: Mark[] = [];
  for (const line of text.split("\n")) {
    const match = mark.exec(line);
    if (!match) {
      lines.push(line);
      continue;
    }
    const [, carets = "", severity = "", code = ""] = match;
    const start = line.indexOf("^");
    marks.push({ line: lines.length - 1, start, end: start + carets.length, severity, code });
  }
  return { text: lines.join("\n").replace(/\n+$/, "\n"), marks };
}

/** The text with the marks in it. A mark of more than one line is drawn to the end of its first. */
export function writeCases(cases: readonly MarkedCase[]): string {
  return cases
    .map(
      ({ title, files }) =>
        `#= ${title}\n${files.map((file) => `#- ${file.path}\n${writeMarks(file).replace(/\n?$/, "\n")}`).join("")}`,
    )
    .join("");
}

export function writeMarks({ text, marks }: Pick<MarkedFile, "text" | "marks">): string {
  return text
    .split("\n")
    .flatMap((line, number) => [line, ...marks.filter((one) => one.line === number).map(drawn)])
    .join("\n");
}

function drawn({ start, end, severity, code }: Mark): string {
  const carets = "^".repeat(Math.max(1, end - start));
  return `${start === 0 ? "" : `#${" ".repeat(start - 1)}`}${carets} ${severity} ${code}`;
}
