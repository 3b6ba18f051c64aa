/** Charts of the last simulation, asked for when the values of a release are looked at, and then kept. */
import type { ChartDefaults, Simulation, Simulator } from "#simulator";

import { chartValuesOf, releasesOf, releasesTaking } from "../model/chart-values.ts";
import { embeddedBlocks } from "../manifest/embedded-parts.ts";
import type { ChartShelf } from "../model/truth.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import type { Cursor } from "./definition-locations.ts";
import { cursorAt } from "./definition-locations.ts";

export function createChartShelf(simulator: Simulator, simulation: Simulation): ChartShelf {
  const known = new Map<string, ChartDefaults | undefined>();
  return {
    get: (applier) => known.get(applier),
    async load(applier, signal) {
      if (known.has(applier)) return;
      known.set(applier, await simulator.chartDefaults(simulation, applier, signal));
    },
  };
}

interface AboutPlace {
  readonly position: { readonly line: number; readonly character: number };
}

/** Before a feature is asked about a place in the values of a release. */
export async function loadCharts(
  folder: FolderModel,
  path: string,
  { position }: AboutPlace,
  signal: AbortSignal,
): Promise<void> {
  const cursor = cursorAt(folder, path, position);
  const charts = cursor?.model.truth?.charts;
  if (!cursor || !charts) return;
  for (const one of releasesAt(cursor)) {
    if (chartValuesOf(cursor.model, one.path, one.document)) continue;
    const [first] = releasesOf(cursor.model, one.path, one.document);
    if (first !== undefined) await charts.load(first, signal);
  }
}

/** The release whose values the cursor stands in, or those that take them from a ConfigMap. */
function releasesAt({ model, file, part, offset }: Cursor) {
  const { document } = part;
  // Half typed, the values need not end where the cursor stands.
  const values = document.root?.at("spec", "values")?.keySpan;
  if (values && offset >= values[0]) return [{ path: file.path, document }];
  const block = embeddedBlocks(document).find(
    ({ language, span: [start, end] }) => language === "data" && start <= offset && offset <= end,
  );
  const key = String(block?.holder.path.at(-1) ?? "");
  return block ? [...releasesTaking(model, { document, key })].slice(0, 1) : [];
}
