/**
 * Reads the facts of one cluster as simulations turn out to need them, and remembers them as long as the connection lives: an
 * edit asks for what is new, and what is older than `maxAge` is looked at again. What did not change stays the same object.
 */
import { fluxKind } from "../../flux/kinds.ts";
import type { FluxKindName } from "../../flux/kinds.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import { inFlightLimit, untilAborted } from "../ask/gate.ts";
import type { ClusterFacts, LackingFact, StoredRelease } from "../facts.ts";
import { readGeneralFacts } from "./general-facts.ts";
import type { GeneralFacts } from "./general-facts.ts";
import { readAllOf, readLookup, readOne } from "./read-facts.ts";
import type { Read } from "./read-facts.ts";
import { readReleases } from "./read-releases.ts";
import type { ReleaseReader } from "./read-releases.ts";

export interface FactsReader {
  readonly live: Live;
  /** What is known, after what is too old was read again. The same object as long as nothing changed. */
  current(signal?: AbortSignal): Promise<ClusterFacts>;
  /** Reads what is lacking as well. */
  read(
    lacking: readonly LackingFact[],
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<ClusterFacts>;
  /** Whether asking for it makes sense: it was not refused, and may be read at all. */
  canRead(fact: LackingFact): boolean;
  /** Something changed on the cluster: all is looked at again, or one object by `Kind/namespace/name`. */
  forget(key?: string): void;
}

export interface FactsReaderOptions {
  /** Whether Secrets with decryption keys may be read. */
  readonly decryptionKeys?: boolean;
  /** Milliseconds after which something is read again. */
  readonly maxAge?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** What was asked for, with the answer. */
interface Entry {
  readonly fact: LackingFact;
  answer: Read<unknown>;
  at: number;
}

interface ListEntry {
  readonly answer: Read<ReadonlyMap<string, JsonObject>>;
  at: number;
}

const nothingOfIt: ListEntry["answer"] = { outcome: "told", value: new Map() };

/** What nearly every simulation asks about is read with one list for each kind, before the first one. */
const listedKinds = [
  "GitRepository",
  "OCIRepository",
  "HelmRepository",
  "HelmChart",
  "Bucket",
  "ExternalArtifact",
  "Kustomization",
  "HelmRelease",
  "ResourceSet",
] as const satisfies readonly FluxKindName[];

const defaultMaxAge = 30_000;
/** Versions and switches of the cluster change with upgrades only. */
const generalMaxAge = 600_000;
/** An editor that runs for weeks over many repositories starts anew some time. */
const maxEntries = 20_000;

export function createFactsReader(live: Live, options: FactsReaderOptions = {}): FactsReader {
  return new RememberingReader(live, options);
}

class RememberingReader implements FactsReader {
  readonly live: Live;
  readonly #options: FactsReaderOptions;
  readonly #entries = new Map<string, Entry>();
  /** Flux objects by kind, each read in one list for the whole cluster. */
  readonly #lists = new Map<FluxKindName, ListEntry>();
  #general: { readonly facts: GeneralFacts; at: number } | undefined;
  #facts: ClusterFacts | undefined;
  /** Set when the connection broke while reading: what is still to be read is not waited for. */
  #lost: Read<never> | undefined;
  readonly #releases: ReleaseReader;

  constructor(live: Live, options: FactsReaderOptions) {
    this.live = live;
    this.#releases = readReleases(live);
    this.#options = options;
  }

  async current(signal?: AbortSignal): Promise<ClusterFacts> {
    if (this.#entries.size > maxEntries) this.#clear();
    this.#lost = undefined;
    await this.#readGeneral(signal);
    const kinds = listedKinds.filter((kind) => {
      const known = this.#lists.get(kind);
      return known === undefined || isBroken(known.answer) || this.#isOld(known.at);
    });
    await Promise.all(kinds.map((kind) => this.#readList(kind, signal)));
    const old = [...this.#entries.values()].filter(
      ({ fact, answer, at }) => isBroken(answer) || this.#isOld(at, listedKind(fact)),
    );
    await this.#askAll(
      old.map(({ fact }) => fact),
      signal,
    );
    return this.#build();
  }

  async read(
    lacking: readonly LackingFact[],
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<ClusterFacts> {
    const wanted = lacking.filter((fact) => this.canRead(fact));
    this.#lost = undefined;
    let done = 0;
    const step = (): void => onProgress?.(++done, wanted.length);
    onProgress?.(0, wanted.length);
    await this.#askAll(wanted, signal, step);
    return this.#build();
  }

  canRead(fact: LackingFact): boolean {
    if (this.#entries.get(idOf(fact))?.answer.outcome === "refused") return false;
    const isKey = fact.kind === "object" && fact.use === "decryption";
    return !isKey || this.#options.decryptionKeys === true;
  }

  forget(key?: string): void {
    if (key === undefined) {
      for (const entry of this.#entries.values()) entry.at = -Infinity;
      for (const list of this.#lists.values()) list.at = -Infinity;
      if (this.#general !== undefined) this.#general.at = -Infinity;
      return;
    }
    const entry = this.#entries.get(`object ${key}`);
    if (entry !== undefined) entry.at = -Infinity;
    const list = this.#lists.get(key.slice(0, key.indexOf("/")) as FluxKindName);
    if (list !== undefined) list.at = -Infinity;
  }

  #clear(): void {
    this.#entries.clear();
    this.#lists.clear();
    this.#facts = undefined;
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }

  /** Objects of a kind that may not be listed are many requests, so these are looked at less often. */
  #isOld(at: number, unlisted?: FluxKindName): boolean {
    const maxAge = this.#options.maxAge ?? defaultMaxAge;
    return this.#now() - at >= (unlisted === undefined ? maxAge : 10 * maxAge);
  }

  async #readGeneral(signal: AbortSignal | undefined): Promise<void> {
    if (this.#general !== undefined && this.#now() - this.#general.at < generalMaxAge) return;
    const at = this.#now();
    const facts = await readGeneralFacts(this.live, signal);
    if (JSON.stringify(facts) !== JSON.stringify(this.#general?.facts)) this.#facts = undefined;
    // Who answered nothing at all may do so next time.
    const isTold = facts.kubeVersion !== undefined || facts.apiVersions !== undefined;
    this.#general = { facts, at: isTold ? at : -Infinity };
  }

  async #readList(kind: FluxKindName, signal: AbortSignal | undefined): Promise<void> {
    const at = this.#now();
    const before = this.#lists.get(kind)?.answer;
    const answer = this.#isServed(kind)
      ? await readAllOf(this.live, kind, before, signal)
      : nothingOfIt;
    this.#lists.set(kind, { answer, at });
    if (!isSameList(before, answer)) this.#facts = undefined;
  }

  #isServed(kind: FluxKindName): boolean {
    const versions = this.#general?.facts.apiVersions;
    if (versions === undefined) return true;
    const { group } = fluxKind(kind);
    return versions.some((one) => one.startsWith(`${group}/`) && one.endsWith(`/${kind}`));
  }

  /** A few at a time, so that those after a lost connection are not even sent. */
  async #askAll(
    facts: readonly LackingFact[],
    signal: AbortSignal | undefined,
    step?: () => void,
  ): Promise<void> {
    this.#releases.begin(facts);
    const waiting = facts.values();
    const work = async (): Promise<void> => {
      for (const fact of waiting) {
        await this.#ask(fact, signal);
        step?.();
      }
    };
    await Promise.all(Array.from({ length: inFlightLimit }, work));
  }

  async #ask(fact: LackingFact, signal: AbortSignal | undefined): Promise<void> {
    const id = idOf(fact);
    const before = this.#entries.get(id);
    const at = this.#now();
    const answer =
      this.#lost ?? (await untilAborted(this.#answer(fact, before?.answer, signal), signal));
    if (answer.outcome === "refused" && answer.isLost === true) this.#lost = answer;
    this.#entries.set(id, { fact, answer, at });
    if (!isSame(before?.answer, answer)) this.#facts = undefined;
  }

  async #answer(
    fact: LackingFact,
    before: Read<unknown> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Read<unknown>> {
    switch (fact.kind) {
      case "object": {
        const kind = listedKind(fact);
        const list = kind === undefined ? undefined : this.#lists.get(kind)?.answer;
        if (list?.outcome === "told")
          return { outcome: "told", value: list.value?.get(fact.key) ?? null };
        return readOne(this.live, fact, before, signal);
      }
      case "lookup":
        return readLookup(this.live, fact, signal);
      case "release":
        return this.#releases.read(fact, before, signal);
    }
  }

  #build(): ClusterFacts {
    if (this.#facts !== undefined) return this.#facts;
    const objects = new Map<string, JsonObject | null>();
    const lookups = new Map<string, string | null>();
    const releases = new Map<string, StoredRelease | null>();
    const refused = new Map<string, string>();
    for (const { fact, answer } of this.#entries.values()) {
      if (answer.outcome === "refused") refused.set(fact.key, answer.reason);
      else if (fact.kind === "object") objects.set(fact.key, answer.value as JsonObject | null);
      else if (fact.kind === "lookup") lookups.set(fact.key, answer.value as string | null);
      else releases.set(fact.key, answer.value as StoredRelease | null);
    }
    for (const { answer } of this.#lists.values())
      if (answer.outcome === "told")
        for (const [key, object] of answer.value ?? []) objects.set(key, object);
    const context = this.live.name;
    this.#facts = { context, ...this.#general?.facts, objects, lookups, releases, refused };
    return this.#facts;
  }
}

function idOf({ kind, key }: LackingFact): string {
  return `${kind} ${key}`;
}

function listedKind(fact: LackingFact): FluxKindName | undefined {
  return fact.kind === "object" ? listedKinds.find((kind) => kind === fact.objectKind) : undefined;
}

/** The connection may be back at any time. */
function isBroken(answer: Read<unknown>): boolean {
  return answer.outcome === "refused" && answer.isLost === true;
}

function isSameList(before: ListEntry["answer"] | undefined, now: ListEntry["answer"]): boolean {
  if (before?.outcome !== "told" || now.outcome !== "told") return before?.outcome === now.outcome;
  if (before.value?.size !== now.value?.size) return false;
  for (const [key, object] of now.value ?? []) if (before.value?.get(key) !== object) return false;
  return true;
}

function isSame(before: Read<unknown> | undefined, now: Read<unknown>): boolean {
  if (before?.outcome === "told" && now.outcome === "told") return before.value === now.value;
  if (before?.outcome === "refused" && now.outcome === "refused")
    return before.reason === now.reason;
  return false;
}
