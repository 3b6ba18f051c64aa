/**
 * The same cluster through the eyes of `flux get`, `flux tree` and `flux trace`, object by object. Where Sluice differs it is
 * meant to: each difference that is found has a row in the table at the end of docs/cluster.md, and each such row is found.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { inventoryRefs, objectId, trace } from "#simulator";
import type { LiveState, ObjectRef } from "#simulator";

import { readObject } from "../../extension/cluster/actions.ts";
import { shortRevision } from "../../extension/model/cluster/live-words.ts";
import type { FluxCli } from "./flux-cli.ts";
import { fluxCli } from "./flux-cli.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import {
  chart,
  demoNamespace,
  gitRepository,
  helmRelease,
  helmReleaseRef,
  kustomization,
  kustomizationRef,
  settings,
} from "./harness/flux-objects.ts";
import { applied, follow } from "./harness/follow.ts";
import { isFailed, isReady } from "./harness/kube-api.ts";
import type { LiveSide } from "./live-clusters.ts";
import { eventually, openLiveSide } from "./live-clusters.ts";

let cluster: Cluster;
let side: LiveSide;
let flux: FluxCli;
const never = new AbortController().signal;

const files = {
  "clusters/apps.yaml": kustomization("apps", "apps"),
  "clusters/broken.yaml": kustomization("broken", "nowhere"),
  "clusters/waiting.yaml": kustomization("waiting", "apps2", ", dependsOn: [{name: broken}]"),
  "clusters/asleep.yaml": kustomization("asleep", "apps2", ", suspend: true"),
  "apps/namespace.yaml": demoNamespace,
  "apps/config.yaml": settings("settings"),
  "apps2/config.yaml": settings("other", "", "default"),
  "apps/release.yaml": helmRelease("web", "web"),
  ...chart("web", { "config.yaml": settings("web", "a: b").replace(", namespace: demo", "") }),
};

const charts = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {type: oci, interval: 1h, url: "oci://127.0.0.1:1/charts"}
`;

beforeAll(async () => {
  cluster = await startCluster({
    controllers: ["source-controller", "kustomize-controller", "helm-controller"],
  });
  const lost = gitRepository(`${cluster.git.url}/nowhere.git`, "lost");
  const objects = [lost, charts, kustomization("root", "clusters")].join("---\n");
  const { commit } = await follow(cluster, files, objects);
  await applied(cluster, ["root", "apps"], commit);
  for (const name of ["broken", "waiting"])
    await cluster.api.waitFor(kustomizationRef(name), isFailed);
  await cluster.api.waitFor(helmReleaseRef("web"), isReady);
  side = await openLiveSide(cluster.kubeconfig, "admin@test");
  flux = fluxCli(cluster);
});

afterAll(async () => {
  side?.clusters.dispose();
  await cluster?.stop();
});

/** One thing that the two say differently about one object. */
interface Difference {
  readonly command: "get" | "tree" | "trace";
  readonly object: string;
  readonly about: string;
  readonly theirs: string;
  readonly ours: string;
}

/** Rows of the table in docs/cluster.md, by how they begin there. */
const explanations: readonly {
  readonly row: string;
  readonly fits: (difference: Difference) => boolean;
}[] = [
  {
    row: "`get`: an object waiting for a dependency is `False`",
    fits: ({ command, theirs, ours }) =>
      command === "get" && theirs === "failed" && ours === "waiting",
  },
  {
    row: "`get`: an OCI HelmRepository",
    fits: ({ command, ours }) => command === "get" && ours === "static",
  },
  {
    row: "`trace` stops at the first applier",
    fits: ({ command, about }) => command === "trace" && about === "beyond the first applier",
  },
  {
    row: "`trace` of a Flux object leaves out what it reads itself",
    fits: ({ command, about }) => command === "trace" && about === "its own source",
  },
  {
    row: "`trace` of a HelmChart names it twice",
    fits: ({ command, object, theirs }) => command === "trace" && theirs === object,
  },
];

const states: Readonly<Record<string, LiveState>> = {
  True: "ready",
  False: "failed",
  Unknown: "reconciling",
};

function getDifferences(what: string, kind: string): readonly Difference[] {
  const table = flux.get(what);
  const entries = [...side.index.all()].filter(({ live }) => live.ref.kind === kind);
  const named = (namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
  const found: Difference[] = [];
  const names = new Set([
    ...[...table.keys()].map((key) => `${kind} ${key}`),
    ...entries.map(({ live: { ref } }) => named(ref.namespace, ref.name)),
  ]);
  for (const object of names) {
    const row = table.get(object.slice(kind.length + 1));
    const entry = entries.find(({ live: { ref } }) => named(ref.namespace, ref.name) === object);
    const add = (about: string, theirs: string, ours: string): void => {
      if (theirs !== ours) found.push({ command: "get", object, about, theirs, ours });
    };
    add("exists", String(row !== undefined), String(entry !== undefined));
    if (row === undefined || entry === undefined) continue;
    const { status, live } = entry;
    const suspended = row["SUSPENDED"] === "True";
    add("state", suspended ? "suspended" : (states[row["READY"] ?? ""] ?? ""), status.state);
    if (suspended || status.state === "static") continue;
    add("message", shortened(row["MESSAGE"] ?? ""), shortened(status.message));
    add("revision", shortened(row["REVISION"] ?? ""), shortened(shortRevision(live.object)));
  }
  return found;
}

/** Both shorten digests, to lengths of their own, and write the same otherwise. */
function shortened(text: string): string {
  return text
    .replace(/@(sha\d+:)?([0-9a-f]{7})[0-9a-f]*/g, "@$2")
    .replaceAll("\n", " ")
    .trim();
}

test.each([
  ["kustomizations", "Kustomization", 5],
  ["helmreleases", "HelmRelease", 1],
  ["sources git", "GitRepository", 2],
  ["sources chart", "HelmChart", 1],
  ["sources helm", "HelmRepository", 1],
])(
  "flux get %s says the same of each object, or differs for a reason",
  async (what, kind, count) => {
    await eventually(() => {
      expect(flux.get(what).size).toBe(count);
      expect(unexplained(getDifferences(what, kind))).toEqual([]);
    });
  },
);

function treeDifferences(namespace: string, name: string): readonly Difference[] {
  const id = `kustomize.toolkit.fluxcd.io/Kustomization/${namespace}/${name}`;
  const theirs = flux.tree(namespace, name);
  const object = `Kustomization ${namespace}/${name}`;
  if (typeof theirs === "string")
    return [{ command: "tree", object, about: "tree", theirs, ours: "a tree" }];
  const ours: string[] = [];
  const visit = (one: string, parent: string): void => {
    ours.push(`${parent} > ${one}`);
    const inventory = side.index.get(one)?.live.inventory ?? "";
    for (const ref of inventoryRefs(inventory))
      if (objectId(ref) !== one) visit(objectId(ref), one);
  };
  visit(id, "");
  const missing = theirs.filter((edge) => !ours.includes(edge));
  const more = ours.filter((edge) => !theirs.includes(edge));
  return [
    ...missing.map((edge) => ({ edge, theirs: "there", ours: "absent" })),
    ...more.map((edge) => ({ edge, theirs: "absent", ours: "there" })),
  ].map(({ edge, ...said }) => ({ command: "tree" as const, object, about: edge, ...said }));
}

test("flux tree of each Kustomization has the objects of ours", () => {
  const names = [...side.index.all()].filter(({ live }) => live.ref.kind === "Kustomization");
  expect(names).toHaveLength(5);
  const found = names.flatMap(({ live: { ref } }) => treeDifferences(ref.namespace, ref.name));
  expect(unexplained(found)).toEqual([]);
});

async function traceDifferences(ref: ObjectRef): Promise<readonly Difference[]> {
  const object = `${ref.kind} ${ref.namespace}/${ref.name}`;
  const raw = await readObject(side.session, ref, never);
  const { hops } = trace(raw, (one) => side.index.get(objectId(one))?.live.object);
  const [, ...rest] = hops;
  const ours = rest.map(({ ref: hop }) => `${hop.kind} ${hop.namespace}/${hop.name}`);
  const theirs = flux.trace(ref);
  const difference = (about: string, said: string, own: string): Difference => ({
    command: "trace",
    object,
    about,
    theirs: said,
    ours: own,
  });
  if (typeof theirs === "string")
    return [difference("applier", theirs, ours.join(", ") || "nobody")];
  const found: Difference[] = [];
  const named = theirs.slice(1).map(({ kind, name, fields }) => ({
    hop: `${kind} ${fields["Namespace"] ?? ""}/${name}`,
    fields,
  }));
  for (const { hop, fields } of named) {
    const own = rest[ours.indexOf(hop)];
    if (own === undefined) {
      found.push(difference("hop", hop, "absent"));
      continue;
    }
    for (const [title, value] of [
      ["Path", own.location],
      ["URL", own.location],
      ["Chart", own.location],
      ["Revision", own.revision],
    ] as const)
      if (fields[title] !== undefined && fields[title] !== (value ?? ""))
        found.push(difference(`${hop}: ${title}`, fields[title], value ?? ""));
  }
  for (const [at, hop] of ours.entries())
    if (!named.some((one) => one.hop === hop))
      found.push(difference(placeOf(at, rest), "absent", hop));
  return found;
}

/** Where a hop stands that the CLI does not name. */
function placeOf(at: number, hops: readonly { readonly role: string }[]): string {
  const appliers = hops.flatMap(({ role }, index) => (role === "applier" ? [index] : []));
  const [first = hops.length, second = hops.length] = appliers;
  if (at < first) return "its own source";
  return at >= second ? "beyond the first applier" : "hop";
}

test("flux trace of each object names the appliers and sources of ours, or stops too early", async () => {
  const refs = new Map<string, ObjectRef>();
  for (const { live } of side.index.all())
    for (const ref of [live.ref, ...inventoryRefs(live.inventory)]) refs.set(objectId(ref), ref);
  expect(refs.size).toBeGreaterThanOrEqual(12);
  const found: Difference[] = [];
  for (const ref of refs.values()) found.push(...(await traceDifferences(ref)));
  expect(unexplained(found)).toEqual([]);
});

const used = new Set<string>();

function unexplained(differences: readonly Difference[]): readonly Difference[] {
  return differences.filter((difference) => {
    const explanation = explanations.find(({ fits }) => fits(difference));
    if (explanation !== undefined) used.add(explanation.row);
    return explanation === undefined;
  });
}

test("every explanation was needed, and stands in the documentation", () => {
  const rows = explanations.map(({ row }) => row);
  expect([...used].sort()).toEqual([...rows].sort());
  const docs = readFileSync(join(import.meta.dirname, "../../docs/cluster.md"), "utf8");
  expect(rows.filter((row) => !docs.includes(`| ${row}`))).toEqual([]);
});

test("where we say more than the CLI, it is true: waiting names its blocker", async () => {
  await eventually(() =>
    expect(side.entry("Kustomization flux-system/waiting").status).toMatchObject({
      state: "waiting",
      blocker: "flux-system/broken",
    }),
  );
});
