/** Charts and versions of them that this workspace knows: those other releases use, those a simulation read, and charts that lie here. */
import { flux } from "../manifest/flux-names.ts";
import type { SourceFile } from "../model/source-file.ts";
import { folderOf } from "../model/kustomization-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { OutlineNode, Path } from "./completion-outline.ts";
import { nodeAt, readOutline, scalarAt } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { fluxRowOf, pattern } from "./completion-site.ts";

interface ChartUse {
  readonly chart: string;
  readonly version: string;
  readonly source: string;
  readonly path: string;
}

const chartsAt: Readonly<Record<string, readonly string[]>> = {
  HelmRelease: ["spec", "chart", "spec"],
  HelmChart: ["spec"],
};

export function chartSuggestions(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { subject, outline, model, typing } = site;
  const at = chartsAt[fluxRowOf(subject)?.kind ?? ""];
  const last = path.at(-1);
  if (!at || pattern(path.slice(0, -1)) !== at.join(".")) return [];
  const source = scalarAt(outline.root, ...at, "sourceRef", "name");
  const kind = scalarAt(outline.root, ...at, "sourceRef", "kind");
  const uses = usesIn(model).filter((one) => source === "" || one.source === source);
  if (last === "version") {
    const chart = typing.siblings.get("chart") ?? "";
    const same = uses.filter((one) => one.chart === chart && one.version !== "");
    const given = versionsGiven(model, chart).map((version) => ({ version, path: "rendered" }));
    return distinct([...same, ...given].map((one) => [one.version, one.path] as const));
  }
  if (last !== "chart") return [];
  const local = kind === flux.GitRepository || kind === flux.Bucket ? chartFolders(model) : [];
  const used = uses.flatMap((one) => (one.chart === "" ? [] : [[one.chart, one.path] as const]));
  return distinct([
    ...local.map((dir) => [`./${dir}`, "a chart of this repository"] as const),
    ...used,
  ]);
}

function distinct(found: readonly (readonly [label: string, detail: string])[]) {
  return [...new Map(found.toReversed())].toReversed().map(([label, detail]): Suggestion => ({
    label,
    ...(/^[*>]/.test(label) && { insert: JSON.stringify(label) }),
    detail,
    kind: "object",
    rank: 1,
  }));
}

function chartFolders(model: WorkspaceModel): readonly string[] {
  return [...model.files.keys()].filter((path) => /(^|\/)Chart\.yaml$/.test(path)).map(folderOf);
}

/** What a simulation resolved a range to. */
function versionsGiven({ truth }: WorkspaceModel, chart: string): readonly string[] {
  return [...(truth?.appliers.values() ?? [])].flatMap((one) =>
    one.chart?.name === chart ? [one.chart.version] : [],
  );
}

const known = new WeakMap<SourceFile, readonly ChartUse[]>();

/** Read by lines: quicker than parsing every file that holds a release. */
function usesIn(model: WorkspaceModel): readonly ChartUse[] {
  const paths = new Set(
    Object.keys(chartsAt).flatMap((kind) => model.index.ofKind(kind).map(({ path }) => path)),
  );
  return [...paths].flatMap((path) => {
    const file = model.files.get(path);
    if (!file) return [];
    let found = known.get(file);
    if (!found) known.set(file, (found = readUses(file)));
    return found;
  });
}

function readUses({ path, text = "" }: SourceFile): readonly ChartUse[] {
  return text.split(/^---.*$/m).flatMap((document) => {
    const { root } = readOutline(document);
    const at = chartsAt[scalarAt(root, "kind")];
    const node = at && nodeAt(root, at);
    return node ? [useOf(node, path)] : [];
  });
}

function useOf(node: OutlineNode, path: string): ChartUse {
  return {
    chart: scalarAt(node, "chart"),
    version: scalarAt(node, "version"),
    source: scalarAt(node, "sourceRef", "name"),
    path,
  };
}
