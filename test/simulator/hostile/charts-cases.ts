/**
 * Charts and HelmReleases that were made to harm, as data: `charts.test.ts` gives them to the simulator, all beside an innocent
 * release, and `test/simulator/engine/helm-hostile.test.ts` gives each to the engine.
 */
import type { HostileChart } from "./charts-case.ts";
import { bombs, growing } from "./charts-cases-growing.ts";
import { archives, curious, odd } from "./charts-cases-reaching.ts";
import { endless, recursive } from "./charts-cases-running.ts";

export const hostileCharts: readonly HostileChart[] = [
  ...endless,
  ...recursive,
  ...growing,
  ...bombs,
  ...curious,
  ...archives,
  ...odd,
];
