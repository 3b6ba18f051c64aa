/** What `sluice build` prints: a YAML stream, with or without headers, or the JSON array of its contract. */
import type { ApplierRecord, RenderedEntry } from "#simulator";

import { grouped } from "./grouped.ts";
import { counted, placeText, refText } from "./names.ts";
import { printable, printableJson } from "./printable.ts";
import type { Style } from "./style.ts";
import { yamlFromJson } from "./yaml-from-json.ts";

/** A YAML stream in which a comment introduces each applier; an applier that could not be rendered is named too. */
export function* buildText(
  appliers: readonly ApplierRecord[],
  entries: readonly RenderedEntry[],
  style: Style,
): Generator<string> {
  const known = new Map(
    appliers.map((applier) => [applierKey(applier.cluster, applier.ref), applier]),
  );
  const groups = grouped(entries, (entry) => applierKey(entry.cluster, entry.applier));
  for (const [key, applier] of known) {
    if (!groups.has(key) && applier.state !== "ready")
      yield style.faint(failedHeader(applier)) + "\n";
  }
  for (const [key, group] of groups) {
    yield style.faint(header(known.get(key), group)) + "\n";
    for (const entry of group) yield `---\n${yamlFromJson(entry.json)}`;
  }
}

/** The same stream without comments. */
export function* buildYaml(entries: readonly RenderedEntry[]): Generator<string> {
  for (const entry of entries) yield `---\n${yamlFromJson(entry.json)}`;
}

/**
 * An array of `{applier, ref, object, origin}`, one element a line. The object is the engine's canonical JSON as it is,
 * so integers beyond 2^53 keep their digits. `origin` is null where the origin is not known.
 */
export function* buildJson(entries: readonly RenderedEntry[]): Generator<string> {
  let separator = "[\n";
  for (const { applier, ref, json, origin } of entries) {
    const parts = [
      `"applier":${jsonText({ kind: applier.kind, namespace: applier.namespace, name: applier.name })}`,
      `"ref":${jsonText({ apiVersion: ref.apiVersion, kind: ref.kind, namespace: ref.namespace, name: ref.name })}`,
      `"object":${printableJson(json)}`,
      `"origin":${jsonText(origin ?? null)}`,
    ];
    yield `${separator}{${parts.join(",")}}`;
    separator = ",\n";
  }
  yield separator === ",\n" ? "\n]\n" : "[]\n";
}

function jsonText(value: object | null): string {
  return printableJson(JSON.stringify(value));
}

function applierKey(cluster: string, ref: RenderedEntry["applier"]): string {
  return `${cluster}|${ref.kind}/${ref.namespace}/${ref.name}`;
}

function header(applier: ApplierRecord | undefined, group: readonly RenderedEntry[]): string {
  const first = group[0];
  const title = first === undefined ? "" : refText(first.applier);
  const parts = [title, counted(group.length, "object")];
  if (first !== undefined && first.cluster !== "") parts.push(`cluster ${first.cluster}`);
  if (applier !== undefined) {
    parts.push(`path ${applier.path === "" ? "." : applier.path}`, `source ${applier.source}`);
    if (applier.origin !== undefined) parts.push(`from ${placeText(applier.origin)}`);
    if (applier.state !== "ready") parts.push(applier.state);
  }
  return `# ${printable(parts.join(" · "))}`;
}

function failedHeader(applier: ApplierRecord): string {
  const cluster = applier.cluster === "" ? "" : ` · cluster ${applier.cluster}`;
  const reason = applier.reason === undefined ? "" : ` (${applier.reason})`;
  return `# ${printable(`${refText(applier.ref)}${cluster} · ${applier.state}${reason}: nothing rendered`)}`;
}
