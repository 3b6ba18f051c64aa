/** The list of scenarios, by the name of their folder. Adding one is adding a line here and recording it. */
import type { Scenario } from "../recorder/scenario.ts";
import { scenario as chartFromGit } from "./chart-from-git/scenario.ts";
import { scenario as chartReferences } from "./chart-references/scenario.ts";
import { scenario as chartVersions } from "./chart-versions/scenario.ts";
import { scenario as crds } from "./crds/scenario.ts";
import { scenario as dependencies } from "./dependencies/scenario.ts";
import { scenario as digestTrackingOff } from "./digest-tracking-off/scenario.ts";
import { scenario as failures } from "./failures/scenario.ts";
import { scenario as hooks } from "./hooks/scenario.ts";
import { scenario as lookupAndCapabilities } from "./lookup-and-capabilities/scenario.ts";
import { scenario as names } from "./names/scenario.ts";
import { scenario as postRender } from "./post-render/scenario.ts";
import { scenario as schema } from "./schema/scenario.ts";
import { scenario as targetPath } from "./target-path/scenario.ts";
import { scenario as upgrade } from "./upgrade/scenario.ts";
import { scenario as valuesFiles } from "./values-files/scenario.ts";

export const scenarios: Readonly<Record<string, Scenario>> = {
  "chart-from-git": chartFromGit,
  "chart-references": chartReferences,
  "chart-versions": chartVersions,
  crds: crds,
  dependencies: dependencies,
  "digest-tracking-off": digestTrackingOff,
  failures: failures,
  hooks: hooks,
  "lookup-and-capabilities": lookupAndCapabilities,
  names: names,
  "post-render": postRender,
  schema: schema,
  "target-path": targetPath,
  upgrade: upgrade,
  "values-files": valuesFiles,
};
