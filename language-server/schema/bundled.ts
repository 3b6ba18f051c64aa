/** What the bundled packs say about a kind in the selected minors: served, deprecated, removed, or not there yet. */
import type {
  CatalogOptions,
  Deprecation,
  FieldLife,
  KindSchema,
  KindSummary,
  Resolution,
  SchemaPath,
  TypeName,
} from "./catalog.ts";
import { schemaAtPath } from "./navigate.ts";
import type { Pack, PackKind, Packs } from "./packs.ts";
import { packNames } from "./packs.ts";
import { describePack } from "./provenance.ts";
import { compareMinors, nearestMinor } from "./minors.ts";
import { preferredVersions } from "./api-versions.ts";

type Answer = Exclude<Resolution, { outcome: "unknown-version" | "unknown-kind" }>;

export interface Bundled {
  /** `undefined` when no pack has ever had this version of the kind. */
  resolve(name: TypeName): Answer | undefined;
  kinds(): readonly KindSummary[];
  fieldLife(name: TypeName, path: SchemaPath): FieldLife | undefined;
}

interface Row {
  readonly pack: Pack;
  readonly kind: PackKind;
  /** The selected version of the project. */
  readonly minor: string;
  /** What is asked for is newer than what is bundled: there may be fields that nobody knows here. */
  readonly isBeyond: boolean;
}

export function createBundled(packs: Packs, options: CatalogOptions): Bundled {
  const rows = new Map<string, Row>();
  for (const name of packNames) {
    const pack = packs[name];
    const minor = selectedMinor(pack, options);
    const isBeyond = compareMinors(wantedMinor(pack, options), pack.versions.at(-1) ?? "") > 0;
    for (const kind of pack.kinds) rows.set(keyOf(kind), { pack, kind, minor, isBeyond });
  }
  const all = [...rows.values()];
  const served = all.filter((row) => stateOf(row) === "served");
  const made = new Map<string, KindSchema>();
  const schemaOf = (row: Row, minor: string): KindSchema => {
    const key = `${keyOf(row.kind)} ${minor}`;
    const known = made.get(key) ?? makeKind(row, minor);
    made.set(key, known);
    return known;
  };
  return {
    resolve: ({ apiVersion, kind }) => {
      const row = rows.get(`${apiVersion} ${kind}`);
      if (row === undefined) return undefined;
      const state = stateOf(row);
      if (state !== "served") return notServed({ row, state, served, schemaOf });
      const notice = deprecationOf(row, served);
      return {
        outcome: "found",
        kind: schemaOf(row, row.minor),
        ...(notice === undefined ? {} : { notice }),
      };
    },
    kinds: () => served.filter(({ kind }) => kind.list !== true).map(summaryOf),
    fieldLife: ({ apiVersion, kind }, path) => {
      const row = rows.get(`${apiVersion} ${kind}`);
      return row === undefined ? undefined : lifeOf(row, path);
    },
  };
}

function keyOf(kind: PackKind): string {
  return `${apiVersionOf(kind)} ${kind.kind}`;
}

function apiVersionOf({ group, version }: PackKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The selected minor is one that the pack knows; of Kubernetes any, since its rows say from when until when. */
function selectedMinor(pack: Pack, options: CatalogOptions): string {
  const newest = pack.versions.at(-1) ?? "";
  if (pack.name === "flux") return nearestMinor(options.flux, pack.versions);
  if (pack.name === "kubernetes") return /^v?(\d+\.\d+)/.exec(options.kubernetes)?.[1] ?? newest;
  return newest;
}

function wantedMinor(pack: Pack, options: CatalogOptions): string {
  return pack.name === "flux" ? options.flux : selectedMinor(pack, options);
}

function stateOf({ pack, kind, minor }: Row): "served" | "removed" | "not-yet" {
  if (pack.name === "kubernetes") {
    if (kind.introduced !== undefined && compareMinors(minor, kind.introduced) < 0)
      return "not-yet";
    const isGone = kind.removed !== undefined && compareMinors(minor, kind.removed) >= 0;
    return isGone ? "removed" : "served";
  }
  const minors = Object.keys(kind.roots ?? {});
  if (minors.includes(minor)) return "served";
  return minors.some((one) => compareMinors(one, minor) < 0) ? "removed" : "not-yet";
}

/** Where nothing is known of the fields, anything goes. */
function makeKind({ pack, kind, isBeyond }: Row, minor: string): KindSchema {
  const roots = kind.roots ?? {};
  const version = roots[minor] === undefined ? nearestMinor(minor, Object.keys(roots)) : minor;
  const node = roots[version];
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    group: kind.group,
    version: kind.version,
    plural: kind.plural ?? "",
    scope: kind.scope ?? "namespaced",
    schema: node === undefined ? { preserveUnknown: true } : pack.schema(node),
    provenance: { from: "bundled", pack: pack.name, version: version === "" ? minor : version },
    complete: node !== undefined && !pack.outline && !isBeyond,
  };
}

interface NotServed {
  readonly row: Row;
  readonly state: "removed" | "not-yet";
  readonly served: readonly Row[];
  readonly schemaOf: (row: Row, minor: string) => KindSchema;
}

function notServed({ row, state, served, schemaOf }: NotServed): Answer {
  const { pack, kind, minor } = row;
  const minors = Object.keys(kind.roots ?? {});
  const ownFirst = pack.name === "kubernetes" ? kind.introduced : minors[0];
  const last = minors.at(-1);
  const after = pack.versions.find((one) => last !== undefined && compareMinors(one, last) > 0);
  const gone = pack.name === "kubernetes" ? kind.removed : after;
  const since = state === "removed" ? gone : ownFirst;
  const nearest = nearestMinor(minor, minors);
  return {
    outcome: "not-served",
    reason: state,
    since: describePack(pack.name, since ?? minor),
    served: alternatives(row, served),
    ...(minors.length === 0 ? {} : { kind: schemaOf(row, nearest) }),
  };
}

/** Other served versions of the kind; for what moved to another group, where Kubernetes says it went. */
function alternatives({ kind }: Row, served: readonly Row[]): readonly string[] {
  const same = served
    .map((row) => row.kind)
    .filter((one) => one.kind === kind.kind && one.group === kind.group)
    .filter((one) => one.version !== kind.version)
    .map((one) => ({ apiVersion: apiVersionOf(one), version: one.version }));
  const versions = preferredVersions(same);
  const { replacement } = kind;
  return replacement === undefined || versions.includes(replacement)
    ? versions
    : [replacement, ...versions];
}

function deprecationOf(row: Row, served: readonly Row[]): Deprecation | undefined {
  const { pack, kind, minor } = row;
  const { deprecated } = kind;
  if (deprecated === undefined) return undefined;
  const name = `${apiVersionOf(kind)} ${kind.kind}`;
  const replacement = alternatives(row, served)[0];
  const instead = replacement === undefined ? "" : `; use ${replacement}`;
  const common = replacement === undefined ? {} : { replacement };
  if (typeof deprecated === "string") {
    if (compareMinors(minor, deprecated) < 0) return undefined;
    const message = `${name} is deprecated in v${deprecated}+${instead}`;
    const removedIn = kind.removed === undefined ? {} : { removedIn: `Kubernetes ${kind.removed}` };
    return { ...common, ...removedIn, since: `Kubernetes ${deprecated}`, message };
  }
  const words = deprecated[minor];
  if (words === undefined) return undefined;
  const later = pack.versions.filter((one) => compareMinors(one, minor) > 0);
  const gone = later.find((one) => kind.roots?.[one] === undefined);
  const since = Object.keys(deprecated)[0];
  const isOldest = since === undefined || since === pack.versions[0];
  return {
    ...common,
    ...(gone === undefined ? {} : { removedIn: describePack(pack.name, gone) }),
    ...(isOldest ? {} : { since: describePack(pack.name, since) }),
    message: words === "" ? `${name} is deprecated${instead}` : words,
  };
}

function summaryOf({ kind, minor }: Row): KindSummary {
  const { deprecated } = kind;
  const isDeprecated =
    typeof deprecated === "string"
      ? compareMinors(minor, deprecated) >= 0
      : deprecated?.[minor] !== undefined;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    group: kind.group,
    version: kind.version,
    plural: kind.plural ?? "",
    scope: kind.scope ?? "namespaced",
    deprecated: isDeprecated,
  };
}

/** Compares the minors that serve the kind: a field is new, or gone, only where an older, or newer, one has none. */
function lifeOf({ pack, kind }: Row, path: SchemaPath): FieldLife | undefined {
  const minors = Object.entries(kind.roots ?? {});
  const has = minors.map(([, node]) => schemaAtPath(pack.schema(node), path) !== undefined);
  const first = has.indexOf(true);
  if (first < 0) return undefined;
  const gone = has.indexOf(false, has.lastIndexOf(true));
  const since = minors[first]?.[0];
  const until = minors[gone]?.[0];
  return {
    ...(first === 0 || since === undefined ? {} : { since: describePack(pack.name, since) }),
    ...(gone < 0 || until === undefined ? {} : { until: describePack(pack.name, until) }),
  };
}
