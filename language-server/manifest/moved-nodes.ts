/** Copies of nodes at another place of a text. The originals stay as they are: an older model may still show them. */
import type { Node } from "yaml";
import { isMap, isPair, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

export function movedPair({ key, value }: Pick<Pair, "key" | "value">, by: number): Pair {
  return by === 0 ? new Pair(key, value) : new Pair(movedItem(key, by), movedItem(value, by));
}

export function movedItem<T>(node: T, by: number): T {
  if (by === 0 || node === null || typeof node !== "object") return node;
  if (isPair(node)) return movedPair(node, by) as T;
  if (isScalar(node)) {
    const copy = new Scalar(node.value);
    return withRange(Object.assign(copy, node), node, by) as T;
  }
  if (isMap(node)) {
    const copy = Object.assign(new YAMLMap(), node);
    copy.items = node.items.map((pair) => movedPair(pair, by));
    return withRange(copy, node, by) as T;
  }
  if (isSeq(node)) {
    const copy = Object.assign(new YAMLSeq(), node);
    copy.items = node.items.map((item) => movedItem(item, by));
    return withRange(copy, node, by) as T;
  }
  const copy = (node as unknown as Node).clone() as Node;
  return withRange(copy, node as unknown as Node, by) as T;
}

function withRange<N extends Node>(copy: N, { range }: Node, by: number): N {
  if (range) copy.range = [range[0] + by, range[1] + by, range[2] + by];
  return copy;
}
