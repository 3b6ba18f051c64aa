/** What the read-only documents say: YAML without what nobody reads, events, inventory, trace, history. Pure. */
import {
  isObject,
  jsonToYaml,
  listAt,
  objectAt,
  objectId,
  inventoryRefs,
  refTitle,
  textAt,
  trace,
} from "#simulator";
import type { FindObject, JsonObject } from "#simulator";

import type { LiveIndex } from "./live-index.ts";
import { liveName, stateWord, statusWords } from "./live-words.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
/** Kinds whose values stay in the cluster. */
const secretKinds = new Set(["Secret"]);

/** An object as YAML. Values of Secrets are never in it, nor in the annotation that repeats them. */
export function yamlText(raw: JsonObject): string {
  return jsonToYaml(JSON.stringify(masked(withoutNoise(raw))));
}

function withoutNoise(raw: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(raw, "metadata");
  const { [lastApplied]: _text, ...annotations } = objectAt(metadata, "annotations");
  const kept = isObject(metadata["annotations"]) ? { ...metadata, annotations } : metadata;
  return { ...raw, metadata: kept };
}

function masked(object: JsonObject): JsonObject {
  if (!secretKinds.has(textAt(object, "kind") ?? "")) return object;
  const hidden = (section: string): JsonObject =>
    Object.fromEntries(Object.keys(objectAt(object, section)).map((key) => [key, "(hidden)"]));
  const sections = ["data", "stringData"].filter((section) => isObject(object[section]));
  return { ...object, ...Object.fromEntries(sections.map((key) => [key, hidden(key)])) };
}

/** A manifest that could be committed: no status, nothing that the API server added, no requests of the moment. */
export function exportText(raw: JsonObject): string {
  const { status: _, ...rest } = masked(withoutNoise(raw));
  const metadata = objectAt(rest, "metadata");
  const keep = (key: string): boolean =>
    key !== lastApplied && !/^(reconcile\.fluxcd\.io|sluice)\//.test(key);
  const annotations = Object.entries(objectAt(metadata, "annotations")).filter(([key]) =>
    keep(key),
  );
  const labels = Object.entries(objectAt(metadata, "labels")).filter(
    ([key]) => !/^(kustomize|helm)\.toolkit\.fluxcd\.io\/name(space)?$/.test(key),
  );
  const { name, namespace } = metadata;
  const manifest = {
    ...rest,
    metadata: {
      name: name ?? "",
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    },
  };
  return jsonToYaml(JSON.stringify(manifest));
}

/** Newest first, one line each. */
export function eventsText(title: string, events: readonly JsonObject[]): string {
  const rows = events
    .map((event) => ({ event, at: eventTime(event) }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .map(({ event, at }) => {
      const count = objectAt(event)["count"] ?? objectAt(event, "series")["count"];
      const times = typeof count === "number" && count > 1 ? ` (x${count})` : "";
      const about = `${textAt(event, "involvedObject", "kind") ?? ""} ${textAt(event, "involvedObject", "name") ?? ""}`;
      const message = (textAt(event, "message") ?? "").replace(/\s+/g, " ");
      return `${at}${times}  ${textAt(event, "type") ?? ""}  ${textAt(event, "reason") ?? ""}  ${about}: ${message}`;
    });
  const body =
    rows.length === 0 ? "No events. The API server keeps them for an hour or so." : rows.join("\n");
  return `Events of ${title} and of its sources\n\n${body}\n`;
}

function eventTime(event: JsonObject): string {
  return (
    textAt(event, "series", "lastObservedTime") ??
    textAt(event, "lastTimestamp") ??
    textAt(event, "eventTime") ??
    ""
  );
}

export function inventoryListing(title: string, inventory: string): string {
  const refs = inventoryRefs(inventory);
  const lines = refs.map((ref) => `${ref.apiVersion}  ${refTitle(ref)}`);
  return `Inventory of ${title}: ${refs.length} objects\n\n${lines.join("\n")}\n`;
}

/** The way of an object to its sources and up to the root, each with its state. */
export function traceText(object: JsonObject, find: FindObject, index: LiveIndex): string {
  const { hops, cyclic } = trace(object, find);
  const lines = hops.map(({ role, ref, object: hop, location, revision }) => {
    const status = index.get(objectId(ref))?.status;
    const state = status === undefined ? "" : statusWords(status);
    const known = hop === undefined && role !== "object" ? "not found" : state;
    const where = location === undefined ? "" : ` from ${location}`;
    const at = revision === undefined ? "" : ` at ${revision}`;
    const what = { object: "Object", applier: "Applied by", source: "  Source" }[role];
    const message =
      status && status.state !== "ready" && status.message ? `\n    ${status.message}` : "";
    return `${what}: ${liveName(ref)}${where}${at}${known === "" ? "" : ` (${known})`}${message}`;
  });
  const circle = cyclic ? ["", "These objects own each other."] : [];
  return `${[...lines, ...circle].join("\n")}\n`;
}

/** `status.history`: of a Kustomization by digest, of a HelmRelease by release. */
export function historyText(title: string, object: JsonObject): string {
  const rows = listAt(object, "status", "history").map((item) => {
    const at = textAt(item, "lastReconciled") ?? textAt(item, "lastDeployed") ?? "";
    const outcome = textAt(item, "lastReconciledStatus") ?? textAt(item, "status") ?? "";
    const revision =
      textAt(item, "metadata", "revision") ??
      textAt(item, "chartVersion") ??
      textAt(item, "digest");
    return `${at}  ${outcome}  ${revision ?? ""}`;
  });
  const body = rows.length === 0 ? `No history (${stateWord("unknown")}).` : rows.join("\n");
  return `History of ${title}\n\n${body}\n`;
}
