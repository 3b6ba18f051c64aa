/** Where a reference of a document leads, with the namespace that it is looked for in. */
import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import type { Reference } from "../manifest/references.ts";
import type { Lookup } from "./lookup.ts";
import { lookup } from "./lookup.ts";
import { namespacesOf } from "./namespaces.ts";
import type { WorkspaceModel } from "./workspace-model.ts";

export interface ReferenceSite {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
}

/** With several namespaces, the first that finds it decides. */
export function resolveReference(site: ReferenceSite, reference: Reference, kind: string): Lookup {
  const { model } = site;
  const namespaces = namespacesOfReference(site, reference);
  if (!namespaces) return lookup(model, { kind, name: reference.name, namespace: undefined });
  const answers = namespaces.map((namespace) =>
    lookup(model, { kind, name: reference.name, namespace }),
  );
  for (const outcome of ["found", "unknown", "elsewhere"] as const) {
    const answer = answers.find((one) => one.outcome === outcome);
    if (answer) return answer;
  }
  return answers[0] ?? { outcome: "unknown" };
}

/** Where the reference looks: its own namespace field, else the object's. `undefined`: not known. */
export function namespacesOfReference(
  { model, file, part }: ReferenceSite,
  { field, namespace }: Reference,
): readonly string[] | undefined {
  if (field.namespace === "field" && namespace !== undefined && namespace !== "")
    return [namespace];
  return namespacesOf(model, file.path, part.document);
}
