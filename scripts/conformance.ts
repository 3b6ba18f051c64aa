/**
 * Compares the simulator with what the real controllers applied, object by object and field by field:
 * `npm run conformance -- FOLDER [NAME…]`, where FOLDER/NAME holds corpus.tar.gz, expected.json.gz and status.json.
 * Exit code 0 only when nothing differs that is not on the short list below.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";

import { createSimulator, defaultOptions, versionPicker } from "#simulator";
import type { GivenFile, RenderedEntry, Simulation } from "#simulator";
import { createNodeEngine, createSources, openWorkingTree } from "#simulator/node";
import { gatesOf, serveCharts } from "./corpus-charts.ts";
import { withNative } from "./with-native.ts";
import type { NativeComparison } from "./with-native.ts";

/** Differences that are not the simulator's to reproduce, each with its reason. */
const ignored: readonly { readonly path: RegExp; readonly why: string }[] = [
  {
    path: /^\/metadata\/creationTimestamp$/,
    why: "typed structs send null; the API server sets the field",
  },
];

interface Expected {
  readonly applier: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly ref: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly object: unknown;
}
interface Status {
  readonly kustomizations: readonly Reconciled[];
  readonly helmReleases: readonly Reconciled[];
  /** Objects without an owner's label, so without an applier in expected.json. */
  readonly withoutOwnerLabels: readonly Pick<Expected, "ref" | "object">[];
}
interface Reconciled {
  readonly namespace: string;
  readonly name: string;
  readonly suspended: boolean;
  readonly ready: {
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  } | null;
  readonly inventory?: readonly string[];
}

interface Difference {
  readonly what: string;
  readonly detail: string;
}

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error("usage: npm run conformance -- FOLDER [NAME…]");
  process.exit(2);
}
const corpora =
  names.length > 0
    ? names
    : readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "corpus.tar.gz")));
const stopServing = await serveCharts(folder, 5111);
let failed = false;
for (const name of corpora.sort()) failed = (await check(path.join(folder, name), name)) || failed;
stopServing();
process.exit(failed ? 1 : 0);

async function check(corpus: string, name: string): Promise<boolean> {
  const work = mkdtempSync(path.join(tmpdir(), `conformance-${name}-`));
  try {
    execFileSync("tar", ["xzf", path.join(corpus, "corpus.tar.gz"), "-C", work]);
    const expected = parseExactly(
      gunzipSync(readFileSync(path.join(corpus, "expected.json.gz"))).toString(),
    ) as Expected[];
    const status = JSON.parse(readFileSync(path.join(corpus, "status.json"), "utf8")) as Status;
    const { simulation, entries, native } = await render(work);
    let differences = 0;
    for (const [kind, reconciled] of [
      ["Kustomization", status.kustomizations],
      ["HelmRelease", status.helmReleases],
    ] as const) {
      const isOfKind = ({ applier }: Pick<Expected, "applier">): boolean => applier.kind === kind;
      const unhealthy = new Set(
        reconciled
          .filter(({ ready }) => ready?.status !== "True")
          .map((one) => `${one.namespace}/${one.name}`),
      );
      const wanted = [...expected, ...ownerless(status, entries)].filter(isOfKind);
      const objects = compareObjects(wanted, entries.filter(isOfKind), unhealthy);
      const outcomes = compareOutcomes(kind, reconciled, simulation);
      console.log(
        `${name}, ${kind}s: ${objects.equal} of ${wanted.length} objects equal, ${outcomes.equal} of ${reconciled.length} outcomes equal`,
      );
      for (const { what, detail } of [...objects.differences, ...outcomes.differences].slice(0, 60))
        console.log(`  ${what}\n      ${detail}`);
      differences += objects.differences.length + outcomes.differences.length;
    }
    console.log(`${name}: ${native.equal} of ${native.total} builds have the same bytes natively`);
    return differences > 0 || native.equal < native.total;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function render(work: string): Promise<{
  readonly simulation: Simulation;
  readonly entries: readonly RenderedEntry[];
  readonly native: NativeComparison;
}> {
  const oracle = (file: string): readonly GivenFile[] => {
    const full = path.join(work, ".oracle", file);
    return existsSync(full) ? [{ name: `.oracle/${file}`, text: readFileSync(full, "utf8") }] : [];
  };
  const keyFile = path.join(work, ".oracle", "age.key");
  const keys = existsSync(keyFile)
    ? (readFileSync(keyFile, "utf8").match(/AGE-SECRET-KEY-1[A-Z0-9]+/g) ?? [])
    : [];
  const both = withNative(createNodeEngine({}));
  const sources = createSources({
    cacheDir: path.join(work, ".cache"),
    offline: false,
    allowPrivateNetwork: true,
    pickVersion: versionPicker(both.engine),
  });
  const cluster = JSON.parse(readFileSync(path.join(work, ".oracle", "cluster.json"), "utf8")) as {
    readonly versions: { readonly kubernetes: string };
    readonly flags: Readonly<Record<string, readonly string[]>>;
  };
  const simulator = createSimulator({ engine: both.engine, sources });
  try {
    const tree = await (await openWorkingTree(work)).read();
    const simulation = await simulator.simulate(tree, {
      ...defaultOptions,
      roots: oracle("root.yaml"),
      live: [...oracle("cluster-inputs.yaml"), ...oracle("crds.yaml")],
      kubeVersion: cluster.versions.kubernetes,
      featureGates: gatesOf(cluster.flags["helm-controller"] ?? []),
      ageIdentities: keys,
    });
    const entries = await simulator.rendered(simulation, { secrets: "show", origins: false });
    return { simulation, entries, native: await both.compare() };
  } finally {
    await simulator.dispose();
  }
}

/** Hooks of `nohooks` and namespaces that Helm makes: the applier is the one that applies them here. */
function ownerless(
  { withoutOwnerLabels }: Status,
  entries: readonly RenderedEntry[],
): readonly Expected[] {
  return withoutOwnerLabels.map(({ ref, object }) => {
    const applier = entries.find(
      (entry) =>
        entry.ref.kind === ref.kind &&
        entry.ref.name === ref.name &&
        entry.ref.namespace === (ref.namespace ?? ""),
    )?.applier;
    return { applier: applier ?? { kind: "HelmRelease", namespace: "", name: "" }, ref, object };
  });
}

function compareObjects(
  expected: readonly Expected[],
  entries: readonly RenderedEntry[],
  unhealthy: ReadonlySet<string>,
): { equal: number; differences: Difference[] } {
  const key = ({ applier, ref }: Pick<Expected, "applier" | "ref">): string =>
    `${applier.namespace}/${applier.name}: ${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ""}/${ref.name}`;
  const actual = new Map(entries.map((entry) => [key(entry), entry]));
  const differences: Difference[] = [];
  let equal = 0;
  for (const entry of expected) {
    const found = actual.get(key(entry));
    actual.delete(key(entry));
    if (found === undefined) {
      differences.push({ what: key(entry), detail: "missing: the controller applied it" });
      continue;
    }
    const isClusterScoped = (entry.ref.namespace ?? "") === "";
    const paths = differingPaths(entry.object, parseExactly(found.json), "").filter(
      ({ path: at }) =>
        !ignored.some(({ path: pattern }) => pattern.test(at)) &&
        !(isClusterScoped && at === "/metadata/namespace"),
    );
    if (paths.length === 0) equal++;
    else
      differences.push({
        what: key(entry),
        detail: paths
          .slice(0, 5)
          .map(
            ({ path: at, expected: e, actual: a }) =>
              `${at}: expected ${short(e)}, got ${short(a)}`,
          )
          .join("\n      "),
      });
  }
  for (const [what, { applier }] of actual) {
    if (!unhealthy.has(`${applier.namespace}/${applier.name}`))
      differences.push({ what, detail: "extra: the controller did not apply it" });
  }
  return { equal, differences };
}

function compareOutcomes(
  kind: string,
  reconciled: readonly Reconciled[],
  simulation: Simulation,
): { equal: number; differences: Difference[] } {
  const records = new Map(
    simulation.appliers
      .filter(({ ref }) => ref.kind === kind)
      .map((record) => [`${record.ref.namespace}/${record.ref.name}`, record]),
  );
  const differences: Difference[] = [];
  let equal = 0;
  for (const { namespace, name, suspended, ready, inventory } of reconciled) {
    const record = records.get(`${namespace}/${name}`);
    records.delete(`${namespace}/${name}`);
    const wanted = outcome(suspended ? "suspended" : readyState(ready), ready);
    const reached = outcome(record?.state ?? "absent", record);
    if (wanted !== reached)
      differences.push({
        what: `${namespace}/${name}`,
        detail: `expected ${wanted}\n      got      ${reached}`,
      });
    else if (
      record?.state === "ready" &&
      inventory !== undefined &&
      record.objects !== inventory.length
    ) {
      differences.push({
        what: `${namespace}/${name}`,
        detail: `inventory has ${record.objects} objects, the controller's ${inventory.length}`,
      });
    } else equal++;
  }
  for (const what of records.keys())
    differences.push({ what, detail: `the controllers know no such ${kind}` });
  return { equal, differences };
}

function readyState(ready: { readonly status: string } | null): string {
  return ready?.status === "True" ? "ready" : "failed";
}

/** Comparable text of an outcome: failures and blocks by the controller's reason and message. */
function outcome(
  state: string,
  condition: { readonly reason?: string; readonly message?: string } | null | undefined,
): string {
  if (state === "ready" || state === "suspended") return state;
  return `${condition?.reason ?? "absent"}: ${plain(condition?.message ?? "")}`;
}

/**
 * Messages without temporary folders, and without the operating system's words about a connection: the controller's are
 * Go's (`dial tcp …: connection refused`), the simulator's are those of whoever fetched.
 */
function plain(message: string): string {
  return message
    .replaceAll(/<dir>\/kustomization-<n>(?=')/g, ".")
    .replaceAll(/<dir>\/kustomization-<n>\/?/g, "")
    .replaceAll(/<dir>\/helmchart-[^/]*\/source\//g, "")
    .replaceAll("<dir>/", "/")
    .replaceAll(/(Get "[^"]+": )[^']*/g, "$1<cause>")
    .trim();
}

function differingPaths(
  expected: unknown,
  actual: unknown,
  at: string,
): { path: string; expected: unknown; actual: unknown }[] {
  if (Object.is(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) =>
      differingPaths(expected[index], actual[index], `${at}/${index}`),
    ).flat();
  }
  if (isRecord(expected) && isRecord(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => {
      const step = `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (!Object.hasOwn(expected, key))
        return [{ path: step, expected: undefined, actual: actual[key] }];
      if (!Object.hasOwn(actual, key))
        return [{ path: step, expected: expected[key], actual: undefined }];
      return differingPaths(expected[key], actual[key], step);
    });
  }
  return [{ path: at, expected, actual }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 120);
}

/** JSON with integers beyond 2^53 kept as text. */
function parseExactly(text: string): unknown {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? `integer ${context?.source ?? ""}`
      : value;
  return JSON.parse(text, revive);
}
