/** The kind that `target` beside a patch names, where the patch does not say it itself. */
import type { Value } from "../manifest/value.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { KindSchema } from "../schema/catalog.ts";

export interface PatchTarget {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export function readTarget(target: Value | undefined): PatchTarget {
  const text = (key: string): string => target?.get(key)?.text ?? "";
  return { group: text("group"), version: text("version"), kind: text("kind") };
}

/** Without a group or a version any will do, the first of the catalog first. */
export function kindOfTarget(
  { catalog }: WorkspaceModel,
  { group, version, kind }: PatchTarget,
): KindSchema | undefined {
  if (!catalog || kind === "") return undefined;
  const found = catalog
    .kinds()
    .find(
      (one) =>
        one.kind === kind &&
        (group === "" || one.group === group) &&
        (version === "" || one.version === version),
    );
  if (!found) return undefined;
  const apiVersion = found.group === "" ? found.version : `${found.group}/${found.version}`;
  return catalog.find({ apiVersion, kind });
}
