/** Charts of the last simulation, asked for when the values of a release are looked at, and then kept. */
import type { ChartDefaults, Simulation, Simulator } from "#simulator";

import { chartValuesOf, releasesOf } from "../model/chart-values.ts";
import type { ChartShelf } from "../model/truth.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
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
  const { model, offset } = cursor;
  const { document } = cursor.part;
  // Half typed, they need not end where the cursor stands.
  const values = document.root?.at("spec", "values")?.keySpan;
  if (!values || offset < values[0] || chartValuesOf(model, path, document)) return;
  const [first] = releasesOf(model, path, document);
  if (first !== undefined) await charts.load(first, signal);
}
