/**
 * Reads the bundled packs: gzipped JSON in which each distinct schema node stands once. Nodes become `Schema` objects only
 * when a kind is asked for, and are shared from then on.
 */
import type { PackName, Scope } from "./catalog.ts";
import type { Schema } from "./schema.ts";

export const packNames = [
  "flux",
  "flux-operator",
  "kubernetes",
  "gateway-api",
  "flagger",
  "kustomize",
] as const satisfies readonly PackName[];

export type Packs = Readonly<Record<PackName, Pack>>;

/** One row of a pack: a kind in one version, in all minors of its project. */
export interface PackKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Absent for APIs of Kubernetes that are only remembered as removed. */
  readonly plural?: string;
  readonly scope?: Scope;
  /** The root node by minor; a minor that is not here does not serve it. */
  readonly roots?: Readonly<Record<string, number>>;
  /** The API server's warning by minor, empty when it has no words of its own. */
  readonly deprecated?: Readonly<Record<string, string>> | string;
  /** A list of objects: nothing to suggest to anybody. */
  readonly list?: boolean;
  readonly introduced?: string;
  readonly removed?: string;
  readonly replacement?: string;
}

export interface Pack {
  readonly name: PackName;
  /** Oldest first. */
  readonly versions: readonly string[];
  readonly kinds: readonly PackKind[];
  /** Written by hand: what it does not name may still exist. */
  readonly outline: boolean;
  /** The schema of `metadata`, in the pack that has it. */
  readonly objectMeta?: Schema;
  /** The schema of a node; the same number gives the same object. */
  schema(node: number): Schema;
}

/** Fails only when a file of the installation is missing or damaged. `read` gets names such as `flux.json.gz`. */
export async function loadPacks(read: (file: string) => Promise<Uint8Array>): Promise<Packs> {
  const pairs = await Promise.all(
    packNames.map(async (name) => [name, openPack(await unpack(read, name))] as const),
  );
  return Object.fromEntries(pairs) as Packs;
}

interface PackFile {
  readonly pack: PackName;
  readonly versions: readonly string[];
  readonly kinds: readonly PackKind[];
  readonly nodes: readonly PackNode[];
  readonly outline?: boolean;
  readonly objectMeta?: number;
}

type PackNode = Readonly<Record<string, unknown>>;

async function unpack(
  read: (file: string) => Promise<Uint8Array>,
  name: PackName,
): Promise<PackFile> {
  const bytes = await read(`${name}.json.gz`);
  if (!isPacked(bytes)) return JSON.parse(new TextDecoder().decode(bytes)) as PackFile;
  const stream = new Blob([new Uint8Array(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as PackFile;
}

/** By the first two bytes of gzip. Where there is something quicker than a stream, what is read is unpacked already. */
function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function openPack({ pack, versions, kinds, nodes, outline, objectMeta }: PackFile): Pack {
  const schema = inflater(nodes);
  return {
    name: pack,
    versions,
    kinds,
    outline: outline ?? false,
    schema,
    ...(objectMeta === undefined ? {} : { objectMeta: schema(objectMeta) }),
  };
}

type Draft = Record<string, unknown>;

/**
 * Turns numbers into shared objects. A schema may contain itself, so an object exists before its fields; a node that refers
 * to another one and adds a description of its own is filled last, when the other one is complete.
 */
function inflater(nodes: readonly PackNode[]): (node: number) => Schema {
  const done = new Map<number, Draft>();
  const waiting: (readonly [Draft, number, PackNode])[] = [];
  const inflate = (number: number): Draft => {
    const known = done.get(number);
    if (known !== undefined) return known;
    const node = nodes[number] ?? {};
    const ref = node["ref"];
    const isAlias = typeof ref === "number" && Object.keys(node).length === 1;
    if (isAlias) return inflate(ref);
    const draft: Draft = {};
    done.set(number, draft);
    if (typeof ref === "number") {
      inflate(ref);
      waiting.push([draft, ref, node]);
    }
    fill(draft, node, inflate);
    return draft;
  };
  return (number) => {
    const draft = inflate(number);
    for (const [target, ref, own] of waiting.splice(0)) {
      const { ref: _, ...rest } = own;
      Object.assign(target, { ...inflate(ref), ...rest });
    }
    return draft;
  };
}

function fill(draft: Draft, node: PackNode, inflate: (node: number) => Draft): void {
  for (const [key, value] of Object.entries(node)) {
    switch (key) {
      case "ref":
        break;
      case "properties":
        draft[key] = Object.fromEntries(
          Object.entries(value as Record<string, number>).map(([name, one]) => [
            name,
            inflate(one),
          ]),
        );
        break;
      case "items":
      case "additional":
      case "not":
        draft[key] = inflate(value as number);
        break;
      case "allOf":
      case "anyOf":
      case "oneOf":
        draft[key] = (value as readonly number[]).map(inflate);
        break;
      default:
        draft[key] = value;
    }
  }
}
