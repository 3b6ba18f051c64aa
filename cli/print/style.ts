/** Colours by meaning. With `plainStyle` every function returns its text unchanged, so printers need no `if`. */

export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly attention: (text: string) => string;
  readonly accent: (text: string) => string;
}

const unchanged = (text: string): string => text;

export const plainStyle: Style = {
  strong: unchanged,
  faint: unchanged,
  good: unchanged,
  bad: unchanged,
  attention: unchanged,
  accent: unchanged,
};

const colourStyle: Style = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  good: sgr(32, 39),
  bad: sgr(31, 39),
  attention: sgr(33, 39),
  accent: sgr(36, 39),
};

export type ColourWish = "always" | "never" | "auto";

/**
 * `--color` and `--no-color` come first, then NO_COLOR (no-color.org: any non-empty value), then FORCE_COLOR
 * (`0` and `false` mean no), then whether the output is a terminal that can show colour.
 */
export function chooseStyle(
  wish: ColourWish,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Style {
  return wantsColour(wish, env, isTerminal) ? colourStyle : plainStyle;
}

function wantsColour(
  wish: ColourWish,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (wish !== "auto") return wish === "always";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

function sgr(on: number, off: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
