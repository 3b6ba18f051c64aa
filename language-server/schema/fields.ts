/**
 * Reads nodes of a YAML document the way the API server gets to see them: aliases followed, merge keys merged, scalars read
 * as Go reads them. Bounded, because an alias can stand for a great many nodes.
 */
import type { Document, Node, Pair, Scalar, YAMLMap } from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq, visit } from "yaml";

import type { TextRange } from "./finding.ts";
import type { ScalarReader, ScalarReading } from "./scalar.ts";
import { readScalar } from "./scalar.ts";

export interface Field {
  readonly name: string;
  readonly keyRange: TextRange;
  readonly value: Node | null;
  /** Where the field is used, when it was written elsewhere and came in by an alias. */
  readonly usedAt?: TextRange;
}

const maxMergeDepth = 10;

/** One document with what is needed to read it again and again. */
export class NodeReader {
  readonly #document: Document;
  readonly #reader: ScalarReader;
  #targets: ReadonlyMap<Node, Node> | undefined;

  constructor(document: Document, reader: ScalarReader) {
    this.#document = document;
    this.#reader = reader;
  }

  /** What an alias stands for; `undefined` when it stands for nothing. */
  target(alias: Node): Node | undefined {
    this.#targets ??= aliasTargets(this.#document);
    return this.#targets.get(alias);
  }

  /** A node for a value that stands nowhere in the text. */
  nodeOf(value: unknown): Node {
    return this.#document.createNode(value, { aliasDuplicateObjects: false });
  }

  scalar(node: Scalar): ScalarReading {
    const tag = node.tag;
    if (node.source === undefined && node.type === undefined) return readingOf(node.value);
    if (node.type === "PLAIN" && node.source !== undefined) {
      if (tag === undefined) return readScalar(node.source, this.#reader);
      return readTagged(tag, node.source, this.#reader);
    }
    return { type: "string", value: sourceOf(node) };
  }

  /** The fields of a mapping, own ones first; those that a merge key brings only where there is no own one. */
  fields(map: YAMLMap, depth = 0): readonly Field[] {
    const own: Field[] = [];
    const merged: Field[] = [];
    for (const pair of map.items as readonly Pair[]) {
      const key = pair.key;
      if (!isScalar(key)) continue;
      const value = (pair.value ?? null) as Node | null;
      if (isMergeKey(key)) {
        if (depth < maxMergeDepth) merged.push(...this.#merged(value, depth));
      } else {
        own.push({ name: sourceOf(key), keyRange: rangeOf(key), value });
      }
    }
    if (merged.length === 0) return own;
    const seen = new Set(own.map(({ name }) => name));
    return [...own, ...merged.filter(({ name }) => !seen.has(name) && seen.add(name))];
  }

  #merged(value: Node | null, depth: number): readonly Field[] {
    if (isSeq(value)) {
      return value.items.flatMap((item) => this.#merged(item as Node | null, depth + 1));
    }
    const map = isAlias(value) ? this.target(value) : value;
    if (!isMap(map)) return [];
    const usedAt = rangeOf(value);
    return this.fields(map, depth + 1).map((field) => ({ ...field, usedAt }));
  }
}

/** The text of a scalar; of a quoted one what is between the quotes. */
export function sourceOf(node: Scalar): string {
  if (node.type === "PLAIN" && node.source !== undefined) return node.source;
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}

export function rangeOf(node: Node | null | undefined): TextRange {
  const range = node?.range;
  return range ? [range[0], range[1]] : [0, 0];
}

function readingOf(value: unknown): ScalarReading {
  if (typeof value === "boolean") return { type: "boolean", value };
  if (typeof value === "string") return { type: "string", value };
  return typeof value === "number"
    ? { type: "number", value, isWhole: Number.isInteger(value) }
    : { type: "null", value: null };
}

function isMergeKey(key: Scalar): boolean {
  return key.type === "PLAIN" && key.source === "<<";
}

/** A tag that Go does not know leaves a text. */
function readTagged(tag: string, source: string, reader: ScalarReader): ScalarReading {
  switch (tag.replace(/^tag:yaml\.org,2002:|^!!/, "")) {
    case "bool":
    case "int":
    case "null":
    case "float":
      return readScalar(source, reader);
    default:
      return { type: "string", value: source };
  }
}

/** An alias stands for the last anchor of its name before it. */
function aliasTargets(document: Document): ReadonlyMap<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, (_, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (!isPair(node) && (isScalar(node) || isMap(node) || isSeq(node))) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    }
  });
  return targets;
}
