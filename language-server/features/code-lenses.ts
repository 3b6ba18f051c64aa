/** Lenses above objects that apply something: what they render, their values, and how much a push would change. */
import type { CodeLens } from "vscode-languageserver";

import type { ApplierRecord, PlanApplier } from "#simulator";

import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { positionAt } from "../manifest/manifest-file.ts";
import type { FolderModel } from "../workspace/folder-model.ts";

type Folder = Pick<FolderModel, "model" | "plan" | "root">;

/** Several clusters may apply one object; more than these are not shown. */
const maxClusters = 3;

/** By the last simulation; nothing before the first. */
export function codeLenses(
  folder: Folder,
  path: string,
  _params: unknown,
  signal: AbortSignal,
): readonly CodeLens[] {
  const file = folder.model.manifest(path);
  if (!file || !folder.plan) return [];
  const here = folder.plan.clusters
    .flatMap(({ appliers }) => appliers)
    .filter(({ applier }) => applier.origin?.path === path);
  if (here.length === 0) return [];
  return file.parts.flatMap((part) => {
    signal.throwIfAborted();
    const own = here.filter(({ applier }) => isObject(applier, part)).slice(0, maxClusters);
    return own.flatMap((one) => lensesOf(folder, { file, part }, one, own.length > 1));
  });
}

/** By name rather than by line, because the text may be newer than the simulation. */
function isObject({ ref }: ApplierRecord, { document }: FilePart): boolean {
  return (
    ref.kind === document.kind &&
    ref.name === document.name &&
    (document.namespace === "" ||
      document.namespace === ref.namespace ||
      document.namespace.includes("${"))
  );
}

function lensesOf(
  { root }: Folder,
  { file, part }: { readonly file: ManifestFile; readonly part: FilePart },
  { applier, changes, status }: PlanApplier,
  several: boolean,
): readonly CodeLens[] {
  const offset = part.start + (part.document.root?.span[0] ?? 0);
  const start = positionAt(file, offset);
  const range = { start, end: start };
  // The id of the applier's node in the Preview, which is what the commands take.
  const node = `${root}|${applier.id}`;
  const where = several ? ` (${applier.cluster})` : "";
  const lens = (title: string, command: string): CodeLens => ({
    range,
    command: { title: `${title}${where}`, command, arguments: [node] },
  });
  const count = changes.length;
  return [
    ...(applier.objects > 0 && status !== "deleted"
      ? [lens("Show rendered", "sluice.openRendered")]
      : []),
    ...(applier.release && status !== "deleted" ? [lens("Show values", "sluice.showValues")] : []),
    ...(count > 0
      ? [lens(count === 1 ? "1 change" : `${count} changes`, "sluice.openAllChanges")]
      : []),
  ];
}
