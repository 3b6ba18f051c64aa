/** The real `flux` command on a test cluster, and what its tables, trees and traces say. */
import { execFileSync } from "node:child_process";

import type { Cluster } from "./harness/cluster.ts";
import { binary } from "./harness/parts.ts";

export interface FluxCli {
  /** Rows of `flux get … -A` by `namespace/name`; cells by the title of their column. */
  get(what: string): ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Lines `parent > child` of `flux tree kustomization`, each a `group/Kind/namespace/name`; or why it failed. */
  tree(namespace: string, name: string): readonly string[] | string;
  /** The parts of `flux trace`, the object first; or why it failed. */
  trace(object: TracedObject): readonly TracePart[] | string;
}

export interface TracedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** `Kustomization: apps` and the lines below it. */
export interface TracePart {
  readonly kind: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

export function fluxCli({ kubeconfig, folder }: Cluster): FluxCli {
  const flux = (...args: readonly string[]): string =>
    execFileSync(binary("flux"), [...args, "--kubeconfig", kubeconfig], {
      encoding: "utf8",
      env: { HOME: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    get: (what) => rowsOf(flux("get", ...what.split(" "), "-A")),
    tree: (namespace, name) =>
      orRefusal(() => {
        const text = flux("tree", "kustomization", name, "-n", namespace, "-o", "json");
        return edges(JSON.parse(text) as TreeNode, "");
      }),
    trace: ({ apiVersion, kind, namespace, name }) =>
      orRefusal(() => {
        const where = namespace === "" ? [] : ["-n", namespace];
        const text = flux("trace", name, "--kind", kind, "--api-version", apiVersion, ...where);
        return partsOf(text);
      }),
  };
}

function orRefusal<T>(ask: () => T): T | string {
  try {
    return ask();
  } catch (error) {
    const { stderr } = error as { readonly stderr?: unknown };
    return typeof stderr === "string" ? stderr.trim() : String(error);
  }
}

function rowsOf(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const [header = [], ...rows] = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.split("\t").map((cell) => cell.trim()));
  return new Map(
    rows.map((cells) => {
      const row = Object.fromEntries(header.map((title, at) => [title, cells[at] ?? ""]));
      return [`${row["NAMESPACE"]}/${row["NAME"]}`, row];
    }),
  );
}

interface TreeNode {
  readonly resource: {
    readonly Namespace: string;
    readonly Name: string;
    readonly GroupKind: { readonly Group: string; readonly Kind: string };
  };
  readonly resources?: readonly TreeNode[];
}

function edges({ resource, resources = [] }: TreeNode, parent: string): readonly string[] {
  const { Namespace, Name, GroupKind } = resource;
  const id = `${GroupKind.Group}/${GroupKind.Kind}/${Namespace}/${Name}`;
  return [`${parent} > ${id}`, ...resources.flatMap((child) => edges(child, id))];
}

function partsOf(text: string): readonly TracePart[] {
  return text.split(/^---$/m).map((part) => {
    const pairs = part
      .split("\n")
      .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name = "", value = ""]) => [name, value.trim()] as const);
    const [[kind, name] = ["", ""], ...fields] = pairs;
    return { kind, name, fields: Object.fromEntries(fields) };
  });
}
