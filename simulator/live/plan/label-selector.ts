/** Label selectors as text: `a=b, c!=d, e in (x, y), f notin (z), g, !h` (`k8s.io/apimachinery pkg/labels/selector.go`). */
import type { JsonObject } from "../../manifest/json.ts";

/** A text that is no selector matches nothing. */
export function matchesSelector(selector: string, labels: JsonObject): boolean {
  if (selector.trim() === "") return true;
  return requirements(selector).every((text) => holds(text, labels));
}

/** Split at the commas outside of parentheses. */
function requirements(selector: string): readonly string[] {
  return selector.split(/,(?![^(]*\))/).map((text) => text.trim());
}

function holds(text: string, labels: JsonObject): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    const value = labels[set[1] ?? ""];
    const isIn = typeof value === "string" && values.includes(value);
    return set[2] === "in" ? isIn : !isIn;
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(text);
  if (equality !== null) {
    const isEqual = labels[equality[1] ?? ""] === (equality[3] ?? "");
    return equality[2] === "!=" ? !isEqual : isEqual;
  }
  const existence = /^(!?)\s*([^\s=!(),]+)$/.exec(text);
  if (existence === null) return false;
  return Object.hasOwn(labels, existence[2] ?? "") === (existence[1] === "");
}
