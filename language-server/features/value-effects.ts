/**
 * What a value decides: the lines of rendered objects that become others with it. The value is the one on a line of a HelmRelease or
 * Kustomization, of a ConfigMap that one of them takes values from, or of the file that a generator makes it from.
 */
import type { ApplierRecord, Simulation, Simulator, Site } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { folderOf, joinPath } from "../model/kustomization-file.ts";
import type { ValueEffectObject, ValueEffectsParams, ValueEffectsResult } from "../protocol.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import type { Snapshot } from "../workspace/snapshot.ts";
import { generatedFiles } from "./chart-origin-data.ts";
import { titleOf } from "./chart-origin.ts";
import type { RenderedLine } from "./line-origin.ts";
import { fieldIn, lineOfPath, renderedLine, toStep } from "./line-origin.ts";

/** More objects are not listed. */
const maxObjects = 200;

export async function valueEffects(
  simulator: Simulator,
  { model }: FolderModel,
  snapshot: Snapshot,
  { path, position }: ValueEffectsParams,
  signal: AbortSignal,
): Promise<ValueEffectsResult> {
  const { target: simulation } = snapshot.live ?? snapshot;
  const text = textAt(simulation, path);
  const line = text === undefined ? undefined : renderedLine(text, position.line + 1);
  if (text === undefined || !line) return {};
  const asked = siteOf(text, path, position.line + 1, line);
  const found = asked ? [asked] : generatedSites(simulation, path, line);
  const [first] = found;
  if (!first) return {};
  const own = new Set(
    first.owner === undefined
      ? []
      : model.truth?.appliersOf(path, first.owner.kind, first.owner.name),
  );
  const appliers = simulation.appliers.filter(({ id, ref }) =>
    first.owner === undefined ? takesData.has(ref.kind) : own.has(id),
  );
  const objects: ValueEffectObject[] = [];
  let isRefused = true;
  let isComplete = true;
  for (const record of appliers)
    for (const { site } of found) {
      const answer = await simulator.valueEffects(simulation, record.id, site, signal);
      if (!answer) continue;
      isRefused &&= answer.refused;
      isComplete &&= answer.isComplete;
      for (const effect of answer.effects.slice(0, maxObjects - objects.length))
        objects.push(await toObject(simulator, simulation, record, effect, signal));
    }
  return {
    title: titleOf(first.site),
    objects,
    ...(isRefused && { isRefused }),
    ...(!isComplete && { isPartial: true }),
  };
}

/** What values and variables may be taken from. */
const takesData: ReadonlySet<string> = new Set([flux.HelmRelease, flux.Kustomization]);

interface Asked {
  readonly site: Site;
  /** Absent for data, which any applier may take. */
  readonly owner?: { readonly kind: string; readonly name: string };
}

function siteOf(text: string, path: string, at: number, { line }: RenderedLine): Asked | undefined {
  const scalar = (...steps: readonly string[]): string =>
    fieldIn(text, { path, line: at }, steps.map(toStep))?.scalar ?? "";
  const kind = scalar("kind");
  const name = scalar("metadata", "name");
  const [first, key] = line.path;
  if (takesData.has(kind) && first === "spec" && line.path.length > 2)
    return { site: { in: "applier", path: line.path }, owner: { kind, name } };
  const isData = first === "data" || first === "stringData";
  if ((kind !== "ConfigMap" && kind !== "Secret") || !isData || typeof key !== "string")
    return undefined;
  const inner = line.row === undefined ? undefined : renderedLine(scalar(first, key), line.row + 1);
  const site = { in: "data", kind, namespace: "", name, key } as const;
  return { site: { ...site, path: inner?.line.path ?? [] } };
}

/** The file may be one that a generator makes a ConfigMap or Secret from. */
function generatedSites(
  simulation: Simulation,
  path: string,
  { line }: RenderedLine,
): readonly Asked[] {
  const found: Asked[] = [];
  for (const name of simulation.tree.files.keys()) {
    if (!/(?:^|\/)kustomization\.ya?ml$/.test(name)) continue;
    const text = textAt(simulation, name) ?? "";
    if (!text.includes("Generator") || !text.includes(path.slice(path.lastIndexOf("/") + 1)))
      continue;
    for (const one of generatedFiles(text))
      if (joinPath(folderOf(name), one.file) === path)
        found.push({ site: { in: "data", ...one, namespace: "", path: line.path } });
  }
  return found;
}

function textAt({ tree }: Simulation, path: string): string | undefined {
  const bytes = tree.files.get(path)?.bytes;
  return bytes && new TextDecoder().decode(bytes);
}

type Effects = NonNullable<Awaited<ReturnType<Simulator["valueEffects"]>>>["effects"];

async function toObject(
  simulator: Simulator,
  simulation: Simulation,
  { id }: ApplierRecord,
  { ref, kind, lines }: Effects[number],
  signal: AbortSignal,
): Promise<ValueEffectObject> {
  const object = [ref.apiVersion, ref.kind, ref.namespace, ref.name].join("/");
  const text =
    kind === "removed" ? undefined : await simulator.objectText(simulation, id, object, signal);
  const found = text === undefined ? [] : lines.flatMap((line) => lineOfPath(text, line) ?? []);
  return { applier: id, ref, lines: [...new Set(found)].toSorted((a, b) => a - b) };
}
