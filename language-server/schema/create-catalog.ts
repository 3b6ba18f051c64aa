/**
 * Answers for the apiVersion and kind of a document: CRDs of the workspace first, then the connected cluster, then what is
 * bundled for the selected minors of Flux and Kubernetes.
 */
import type {
  Catalog,
  CatalogOptions,
  FieldLife,
  KindSchema,
  KindSummary,
  Resolution,
  SchemaPath,
  SchemaSource,
  TypeName,
} from "./catalog.ts";
import { preferredVersions } from "./api-versions.ts";
import { createBundled } from "./bundled.ts";
import { withObjectMeta } from "./object-meta.ts";
import type { Packs } from "./packs.ts";
import { closest } from "./similar.ts";

export function createCatalog(packs: Packs, options: CatalogOptions): Catalog {
  const bundled = createBundled(packs, options);
  const given = [options.workspace, options.cluster].filter((one) => one !== undefined);
  const complete = memoised((kind) => withObjectMeta(kind, packs.kubernetes.objectMeta ?? {}));
  let summaries: readonly KindSummary[] | undefined;
  const kinds = () => (summaries ??= distinct([...given, bundled]));
  const resolve = (name: TypeName): Resolution => {
    for (const source of given) {
      const kind = source.find(name);
      if (kind !== undefined) return found(complete(kind));
    }
    const answer = bundled.resolve(name);
    if (answer === undefined) return unknown(name, kinds());
    return answer.kind === undefined ? answer : { ...answer, kind: complete(answer.kind) };
  };
  return {
    resolve,
    find: (name) => {
      const answer = resolve(name);
      return answer.outcome === "found" ? answer.kind : undefined;
    },
    kinds,
    fieldLife: (name: TypeName, path: SchemaPath): FieldLife | undefined =>
      bundled.fieldLife(name, path),
  };
}

function found(kind: KindSchema): Resolution {
  const message = kind.deprecation;
  return {
    outcome: "found",
    kind,
    ...(message === undefined ? {} : { notice: { message } }),
  };
}

function memoised(make: (kind: KindSchema) => KindSchema): (kind: KindSchema) => KindSchema {
  const made = new WeakMap<KindSchema, KindSchema>();
  return (kind) => {
    const known = made.get(kind) ?? make(kind);
    made.set(kind, known);
    return known;
  };
}

function distinct(sources: readonly Pick<SchemaSource, "kinds">[]): readonly KindSummary[] {
  const seen = new Map<string, KindSummary>();
  for (const summary of sources.flatMap((source) => source.kinds())) {
    const key = `${summary.apiVersion} ${summary.kind}`;
    if (!seen.has(key)) seen.set(key, summary);
  }
  return [...seen.values()];
}

/** Another version, a misspelled kind, or nothing that is known here. */
function unknown({ apiVersion, kind }: TypeName, kinds: readonly KindSummary[]): Resolution {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const inGroup = kinds.filter((one) => one.group === group);
  const sameKind = inGroup.filter((one) => one.kind === kind);
  if (sameKind.length > 0) {
    return { outcome: "unknown-version", served: preferredVersions(sameKind) };
  }
  const elsewhere = kinds.filter((one) => one.kind === kind);
  const names = closest(kind, [...new Set(inGroup.map((one) => one.kind))]);
  const misspelled = names.flatMap((name) => inGroup.filter((one) => one.kind === name));
  return {
    outcome: "unknown-kind",
    groupKnown: inGroup.length > 0,
    similar: [...misspelled, ...elsewhere].map((one) => ({
      apiVersion: one.apiVersion,
      kind: one.kind,
    })),
  };
}
