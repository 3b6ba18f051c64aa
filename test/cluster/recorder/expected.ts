/** What the recorder writes and `scenarios.test.ts` reads: everything that the controllers did with one scenario. */

export interface AppliedObject {
  /** `<namespace>/<name>` of the HelmRelease; empty where the controller sends no owner labels (some hooks, namespaces). */
  readonly release: string;
  readonly ref: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** The body of the request, as sent. */
  readonly object: unknown;
}

export interface Ready {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Outcome {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: Ready | null;
  readonly suspended?: true;
  /** Revision of a source's artifact. */
  readonly revision?: string;
  /** Newest first: what a HelmRelease's status says of its releases. */
  readonly history?: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly version: number;
    readonly chartName: string;
    readonly chartVersion: string;
    readonly status: string;
  }[];
  /** Ids of the inventory, sorted. */
  readonly inventory?: readonly string[];
}

/** One release as Helm stored it. */
export interface StoredRelease {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly status: string;
  readonly chart: string;
  /** What the user's values came to. */
  readonly values: unknown;
  /** `Kind name` in the order of the manifest. */
  readonly order: readonly string[];
  readonly hooks: readonly {
    readonly kind: string;
    readonly name: string;
    readonly path: string;
    readonly events: readonly string[];
    readonly weight: number;
    readonly deletePolicies: readonly string[];
  }[];
}

export interface PushExpected {
  /** The commit, when it is the same in each run. */
  readonly revision?: string;
  readonly outcomes: readonly Outcome[];
  readonly releases: readonly StoredRelease[];
  /** What was deleted, sorted: `Kind namespace/name`. */
  readonly deletes: readonly string[];
  readonly objects: readonly AppliedObject[];
}

export interface Expected {
  readonly about: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly pushes: readonly PushExpected[];
}

/** Compact, and still one line for each thing, so that a diff of two recordings can be read. */
export function printExpected({ about, versions, pushes }: Expected): string {
  const list = (items: readonly unknown[]): string =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  const bodies = pushes.map(({ revision, outcomes, releases, deletes, objects }) =>
    [
      "{",
      ...(revision === undefined ? [] : [`"revision": ${JSON.stringify(revision)},`]),
      `"outcomes": ${list(outcomes)},`,
      `"releases": ${list(releases)},`,
      `"deletes": ${list(deletes)},`,
      `"objects": ${list(objects)}`,
      "}",
    ].join("\n"),
  );
  const head = `{\n"about": ${JSON.stringify(about)},\n"versions": ${JSON.stringify(versions)},`;
  return `${head}\n"pushes": [\n${bodies.join(",\n")}\n]\n}\n`;
}
