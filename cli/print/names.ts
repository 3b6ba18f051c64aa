/** How refs, places, field paths and counts are written, the same in every text format. */
import type { ObjectRef, Place } from "#simulator";

/** `Kind namespace/name`, or `Kind name` for what has no namespace. */
export function refText(ref: Pick<ObjectRef, "kind" | "namespace" | "name">): string {
  return `${ref.kind} ${ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`}`;
}

/** `path:line:column`, as editors and terminals make it a link. */
export function placeText(place: Place): string {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? "" : `:${place.column}`;
  return `${place.path}${line}${column}`;
}

/** A JSON pointer in the notation people know: `spec.containers[0].image`, `metadata.annotations["a.b/c"]`. */
export function fieldText(pointer: string): string {
  if (pointer === "") return "(whole object)";
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .map(fieldPart)
    .join("");
}

/** `1 object`, `2 objects`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Kind and name of an applier from its id, `<cluster>|<Kind>/<namespace>/<name>`; the id itself if it is another. */
export function applierText(id: string): string {
  const [kind, namespace, name] = id.slice(id.lastIndexOf("|") + 1).split("/");
  if (kind === undefined || namespace === undefined || name === undefined) return id;
  return refText({ kind, namespace, name });
}

/** The cluster of an applier id. */
export function clusterOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf("|")));
}

function fieldPart(part: string, index: number): string {
  if (/^\d+$/.test(part)) return `[${part}]`;
  if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
  return index === 0 ? part : `.${part}`;
}
