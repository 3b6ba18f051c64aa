/** The address of a read-only document about a live object: everything needed to make it is in the query. Pure. */
import type { ObjectRef } from "#simulator";

export const liveScheme = "sluice-live";

export type LiveDocumentKind = "yaml" | "events" | "inventory" | "trace" | "history";

export interface LiveDocument {
  readonly kind: LiveDocumentKind;
  readonly context: string;
  readonly ref: ObjectRef;
}

const extensions: Readonly<Record<LiveDocumentKind, string>> = {
  yaml: "yaml",
  events: "events.txt",
  inventory: "inventory.txt",
  trace: "trace.txt",
  history: "history.txt",
};

/** Editors show the last part of the path first. */
export function livePath({ kind, context, ref }: LiveDocument): string {
  const parts = [context, ref.namespace, `${ref.kind} ${ref.name}.${extensions[kind]}`];
  return `/${parts
    .filter(Boolean)
    .map((part) => part.replace(/[\\/]/g, " "))
    .join("/")}`;
}

export function liveQuery(document: LiveDocument): string {
  return JSON.stringify(document);
}

/** `undefined` when it is none of ours. */
export function parseLiveQuery(query: string): LiveDocument | undefined {
  let value: unknown;
  try {
    value = JSON.parse(query);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, context, ref } = value as Record<string, unknown>;
  if (typeof kind !== "string" || !(kind in extensions) || typeof context !== "string")
    return undefined;
  if (typeof ref !== "object" || ref === null) return undefined;
  const { apiVersion, kind: of, namespace, name } = ref as Record<string, unknown>;
  if (typeof apiVersion !== "string" || typeof of !== "string") return undefined;
  if (typeof namespace !== "string" || typeof name !== "string") return undefined;
  return {
    kind: kind as LiveDocumentKind,
    context,
    ref: { apiVersion, kind: of, namespace, name },
  };
}
