/** What a person asked a graph to show: filters, search, focus, folding. Read back from messages and saved state. Pure. */
import { graphRelations, graphTones } from "./graph.ts";
import type { GraphRelation, GraphTone } from "./graph.ts";

/** `auto` folds only what would be too much to draw. */
export const groupings = ["auto", "owner", "namespace"] as const;
export type Grouping = (typeof groupings)[number];

export interface GraphQuery {
  /** Empty lists let everything through. */
  readonly kinds: readonly string[];
  readonly namespaces: readonly string[];
  readonly tones: readonly GraphTone[];
  /** Relations that are drawn and followed. */
  readonly relations: readonly GraphRelation[];
  /** Words that have to be in kind, namespace, name or state. */
  readonly text: string;
  /** Only this object and what is at most so many steps away. */
  readonly focus?: { readonly id: string; readonly distance: number };
  readonly grouping: Grouping;
  /** Folded nodes that were unfolded, in this order. */
  readonly open: readonly string[];
  /** Unfolded nodes that were folded. */
  readonly shut: readonly string[];
}

export const wholeGraph: GraphQuery = {
  kinds: [],
  namespaces: [],
  tones: [],
  relations: graphRelations,
  text: "",
  grouping: "auto",
  open: [],
  shut: [],
};

const longestText = 500;
const longestList = 1000;
export const farthest = 5;

/** `undefined` for what is no query. */
export function parseQuery(value: unknown): GraphQuery | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kinds, namespaces, tones, relations, text, focus, grouping, open, shut } =
    value as Record<string, unknown>;
  const lists = [kinds, namespaces, open, shut].map(texts);
  const [kindList, namespaceList, openList, shutList] = lists;
  const toneList = texts(tones)?.filter((one) => isOneOf(graphTones, one));
  const relationList = texts(relations)?.filter((one) => isOneOf(graphRelations, one));
  const point = focus === undefined ? undefined : parseFocus(focus);
  if (!kindList || !namespaceList || !openList || !shutList || !toneList || !relationList)
    return undefined;
  if (!isText(text) || !isOneOf(groupings, grouping)) return undefined;
  if (focus !== undefined && point === undefined) return undefined;
  return {
    kinds: kindList,
    namespaces: namespaceList,
    tones: toneList,
    relations: relationList,
    text,
    ...(point === undefined ? {} : { focus: point }),
    grouping,
    open: openList,
    shut: shutList,
  };
}

function parseFocus(value: unknown): GraphQuery["focus"] {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, distance } = value as Record<string, unknown>;
  if (!isText(id) || typeof distance !== "number" || !Number.isInteger(distance)) return undefined;
  return distance >= 1 && distance <= farthest ? { id, distance } : undefined;
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > longestList) return undefined;
  return value.every(isText) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestText;
}

function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return all.some((one) => one === value);
}
