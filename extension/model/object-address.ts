/** The address of a rendered object as a document: everything the server needs is in the query, the path is for people. */
import type { ObjectTextParams } from "#protocol";
import type { Change, ObjectRef } from "#simulator";

export const objectScheme = "sluice";

export interface DocumentAddress {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/** `<apiVersion>/<Kind>/<namespace>/<name>`, as the server names objects. */
function objectId({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}

export interface ChangeAddresses {
  readonly base: DocumentAddress;
  readonly target: DocumentAddress;
}

/** Both sides of a change. A side that doesn't have the object is an empty document. */
export function changeAddresses(folder: string, change: Change): ChangeAddresses {
  const side = (name: "base" | "target", applier: string) =>
    toAddress(change.ref, { folder, applier, object: objectId(change.ref), side: name });
  return {
    base: side("base", change.from ?? change.applier),
    target: side("target", change.applier),
  };
}

/** Everything that an applier applies, or the effective values of a release, as the target side has it. */
export function applierAddress(
  folder: string,
  applier: string,
  part: "applier" | "values",
): DocumentAddress {
  const [cluster = "", key = ""] = applier.split("|");
  const [kind = "", namespace = "", name = ""] = key.split("/");
  const title = part === "values" ? `${name} values` : `${kind} ${name} rendered`;
  const params: ObjectTextParams = { folder, applier, object: "", side: "target", part };
  return {
    scheme: objectScheme,
    path: `/${[cluster, namespace, title].filter(Boolean).join("/")}.yaml`,
    query: JSON.stringify(params),
  };
}

/** The same by the id of the applier's node, for code lenses: the Preview may be filtered and not have the node. */
export function applierAddressOf(id: string, part: "applier" | "values"): DocumentAddress {
  const end = id.indexOf("|");
  return applierAddress(id.slice(0, end), id.slice(end + 1), part);
}

/** A file of the chart that a release was rendered with. */
export function chartFileAddress(
  { folder, applier, side }: ObjectTextParams,
  file: string,
): DocumentAddress {
  const name = applier.slice(applier.lastIndexOf("/") + 1);
  const params: ObjectTextParams = { folder, applier, object: file, side, part: "chart" };
  return {
    scheme: objectScheme,
    path: `/chart of ${name}/${file}`,
    query: JSON.stringify(params),
  };
}

/** One object as an applier renders it. */
export function objectAddress(folder: string, applier: string, ref: ObjectRef): DocumentAddress {
  return toAddress(ref, { folder, applier, object: objectId(ref), side: "target" });
}

/** `/<cluster>/<applier>/<namespace>/<Kind> <name>.yaml`: editors show the last part first. */
function toAddress(ref: ObjectRef, params: ObjectTextParams): DocumentAddress {
  const [cluster = "", applier = ""] = params.applier.split("|");
  const parts = [cluster, applier.split("/").at(-1) ?? "", ref.namespace].filter(Boolean);
  const name = `${ref.kind} ${ref.name}`.replace(/[\\/]/g, " ");
  return {
    scheme: objectScheme,
    path: `/${[...parts, name].join("/")}.yaml`,
    query: JSON.stringify(params),
  };
}

/** Reads the query back; `undefined` when it isn't one of ours. */
export function parseQuery(query: string): ObjectTextParams | undefined {
  try {
    const value: unknown = JSON.parse(query);
    if (typeof value !== "object" || value === null) return undefined;
    const { folder, applier, object, side, part } = value as Record<string, unknown>;
    if (typeof folder !== "string" || typeof applier !== "string" || typeof object !== "string")
      return undefined;
    if (side !== "base" && side !== "target") return undefined;
    const address = { folder, applier, object, side } as const;
    return part === "applier" || part === "values" || part === "chart"
      ? { ...address, part }
      : address;
  } catch {
    return undefined;
  }
}
