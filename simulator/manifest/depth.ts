/** Looks at how deep a YAML text is nested without parsing it, because parsers are recursive. */

/** People nest 30 levels; kustomize itself stops at 10,000. */
export const maxDepth = 1_000;

/** The line where brackets, or marks of a sequence on one line, are nested beyond the limit. Marks inside texts count too. */
export function lineOfDepth(text: string): number | undefined {
  let depth = 0;
  let dashes = 0;
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x0a:
        line++;
        dashes = 0;
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth = Math.max(0, depth - 1);
        break;
      case 0x2d: // -
      case 0x3f: // ?
        if (text.charCodeAt(at + 1) === 0x20) dashes++;
        break;
    }
    if (depth > maxDepth || dashes > maxDepth) return line;
  }
  return undefined;
}
