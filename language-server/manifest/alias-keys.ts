/**
 * Aliases as keys without a space before the colon, `*app: …`. By YAML 1.2 the colon belongs to the name of the alias; for Go's parser
 * it ends there (`go.yaml.in/yaml/v3 scannerc.go`, yaml_parser_scan_anchor), and many repositories are written that way.
 */
import type { Document } from "yaml";
import { isPair, isScalar, parseDocument, visit } from "yaml";

import { parseOptions } from "./parse-options.ts";
import { anchorsOf } from "./value.ts";

const aliasKey = /^([ \t]*(?:-[ \t]+)*)\*([\w-]+)(?=:(?:\s|$))/gm;

/** Offsets are those of `text`. */
export function parseWithAliasKeys(text: string): Document {
  if (!text.includes("*")) return parseDocument(text, parseOptions);
  const readable = text.replaceAll(aliasKey, "$1_$2");
  const yaml = parseDocument(readable, parseOptions);
  if (readable !== text) nameKeys(yaml, text);
  return yaml;
}

/** Gives the keys the texts that their anchors stand for. */
function nameKeys(yaml: Document, text: string): void {
  const anchors = anchorsOf(yaml);
  visit(yaml, (_key, node) => {
    if (!isPair(node) || !isScalar(node.key)) return;
    const { key } = node;
    const start = key.range?.[0] ?? -1;
    if (text[start] !== "*" || typeof key.value !== "string") return;
    const target = anchors
      .get(key.value.slice(1))
      ?.findLast((found) => (found.range?.[0] ?? 0) < start);
    if (!isScalar(target)) return;
    key.value = target.value;
    key.source = String(target.value);
  });
}
