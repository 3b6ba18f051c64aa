/** What the graph's page and the extension say to each other. Whatever comes from the page is checked before it is believed. Pure. */
import { graphActions } from "./graph.ts";
import type { GraphAction } from "./graph.ts";
import type { GraphQuery } from "./query.ts";
import { parseQuery } from "./query.ts";
import type { Scene } from "./scene.ts";

/** Which graph a panel shows: the simulated working tree of a folder, or a connected cluster. */
export type GraphSubject =
  | { readonly kind: "plan"; readonly folder: string }
  | { readonly kind: "live"; readonly context: string };

/** What the editor keeps of a panel until it is opened again. */
export interface SavedGraph {
  readonly subject: GraphSubject;
  readonly query: GraphQuery;
}

export type ToPage =
  | {
      readonly type: "scene";
      /** What the graph is of: `production, live`. */
      readonly title: string;
      readonly saved: SavedGraph;
      readonly scene: Scene;
      /** Whether the extension changed the query, so that the page has to take it over. */
      readonly adopt: boolean;
    }
  /** There is no graph (yet), and why. */
  | { readonly type: "nothing"; readonly title: string; readonly message: string };

export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "query"; readonly query: GraphQuery }
  | { readonly type: "act"; readonly action: GraphAction; readonly id: string };

/** `undefined` for what is no message of the page. */
export function parseFromPage(value: unknown): FromPage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, query, action, id } = value as Record<string, unknown>;
  if (type === "ready") return { type };
  if (type === "query") {
    const parsed = parseQuery(query);
    return parsed === undefined ? undefined : { type, query: parsed };
  }
  const known = graphActions.find((one) => one === action);
  return type === "act" && known !== undefined && typeof id === "string"
    ? { type, action: known, id }
    : undefined;
}

export function parseSaved(value: unknown): SavedGraph | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { subject, query } = value as Record<string, unknown>;
  const parsed = parseQuery(query);
  const of = parseSubject(subject);
  return parsed === undefined || of === undefined ? undefined : { subject: of, query: parsed };
}

function parseSubject(value: unknown): GraphSubject | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, folder, context } = value as Record<string, unknown>;
  if (kind === "plan" && typeof folder === "string") return { kind, folder };
  return kind === "live" && typeof context === "string" ? { kind, context } : undefined;
}
