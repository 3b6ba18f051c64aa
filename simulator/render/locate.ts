/**
 * Finds where an object of a render is written, by the headlines of the files its build read.
 * It answers only when there is exactly one candidate; the engine's origins settle the rest.
 */
import { groupBy } from "../flux/group-by.ts";
import { headlines } from "../manifest/headlines.ts";
import type { Headline } from "../manifest/headlines.ts";
import { textAt } from "../manifest/json.ts";
import type { TreeFile } from "../ports.ts";
import type { Place } from "../records.ts";
import type { Built } from "./node.ts";

const found = new WeakMap<TreeFile, readonly Headline[]>();

function headlinesOf(file: TreeFile): readonly Headline[] {
  let known = found.get(file);
  if (known === undefined) {
    known = file.bytes === undefined ? [] : headlines(new TextDecoder().decode(file.bytes));
    found.set(file, known);
  }
  return known;
}

interface Wanted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface Candidate {
  readonly path: string;
  readonly headline: Headline;
}

const candidates = new WeakMap<Built, ReadonlyMap<string, readonly Candidate[]>>();

/** The place of an object in the tree, when the files that the build read name it once. */
export function locate(built: Built, wanted: Wanted): Place | undefined {
  if (built.treeArtifact === undefined) return undefined;
  const known = candidatesOf(built).get(`${wanted.kind}/${sourceName(built, wanted.name)}`) ?? [];
  const inNamespace = known.filter(({ headline }) => headline.namespace === wanted.namespace);
  const [choice, ...others] = known.length === 1 ? known : inNamespace;
  return choice === undefined || others.length > 0
    ? undefined
    : { path: choice.path, line: choice.headline.line };
}

/** The line of an object in a file that is known to hold it. */
export function lineIn(file: TreeFile | undefined, kind: string, name: string): number | undefined {
  if (file === undefined) return undefined;
  const documents = headlinesOf(file);
  const exact = documents.filter((headline) => headline.kind === kind && headline.name === name);
  const alike = exact.length > 0 ? exact : documents.filter((headline) => headline.kind === kind);
  return alike.length === 1 || exact.length > 0 ? alike[0]?.line : undefined;
}

function candidatesOf(built: Built): ReadonlyMap<string, readonly Candidate[]> {
  const cached = candidates.get(built);
  if (cached !== undefined) return cached;
  const artifact = built.treeArtifact ?? "";
  const prefix = `${artifact}/`;
  const tree = built.trees.get(artifact);
  const all = built.result.reads.files.flatMap((full) => {
    const path = full.startsWith(prefix) ? full.slice(prefix.length) : undefined;
    const file = path === undefined ? undefined : tree?.files.get(path);
    return path === undefined || file === undefined
      ? []
      : headlinesOf(file).map((headline) => ({ path, headline }));
  });
  const byName = groupBy(all, ({ headline }) => `${headline.kind}/${headline.name}`);
  candidates.set(built, byName);
  return byName;
}

/** The name before `spec.namePrefix` and `spec.nameSuffix` of the Kustomization. */
function sourceName(built: Built, name: string): string {
  if (built.question.call !== "kustomize") return name;
  const { kustomization } = built.question.request;
  const prefix = textAt(kustomization, "spec", "namePrefix") ?? "";
  const suffix = textAt(kustomization, "spec", "nameSuffix") ?? "";
  const start = name.startsWith(prefix) ? prefix.length : 0;
  return name.endsWith(suffix) ? name.slice(start, name.length - suffix.length) : name.slice(start);
}
