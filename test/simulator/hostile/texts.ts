/** Hostile texts that several tests use. */

/** "Billion laughs": 10^levels nodes out of a few hundred bytes. */
export function aliasBomb(levels: number): string {
  const first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]";
  const rest = Array.from(
    { length: levels },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array<string>(10).fill(`*a${i}`).join(", ")}]`,
  );
  return `${[first, ...rest].join("\n")}\n`;
}

export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(spaces));
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** With a byte order mark, as Windows editors write it. */
export function utf16(text: string): Uint8Array {
  return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
}
