/** Patterns as the API server matches them: RE2's syntax, in linear time whatever a CRD in a workspace asks for. */
import { RE2JS } from "re2js";

type Compiled =
  | { readonly outcome: "pattern"; readonly test: (text: string) => boolean }
  | { readonly outcome: "invalid"; readonly message: string };

const maxKept = 2000;
const kept = new Map<string, Compiled>();

/** A pattern that Go can't compile is refused by the API server already, so it matches nothing and everything alike. */
export function compilePattern(pattern: string): Compiled {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  if (kept.size >= maxKept) kept.clear();
  const compiled = compile(pattern);
  kept.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): Compiled {
  try {
    const program = RE2JS.compile(pattern);
    return { outcome: "pattern", test: (text) => program.matcher(text).find() };
  } catch (error) {
    return { outcome: "invalid", message: error instanceof Error ? error.message : String(error) };
  }
}
