/** The table of commands: id, type and factory. A command that is in one and not in the other does not compile. */
import { compareWith } from "./compare-with.ts";
import { copyPlan } from "./copy-plan.ts";
import { goToSource } from "./go-to-source.ts";
import { openAllChanges } from "./open-all-changes.ts";
import { openChange } from "./open-change.ts";
import { openRendered } from "./open-rendered.ts";
import { refresh } from "./refresh.ts";
import type { Services } from "./services.ts";
import { showChanges, showEverything, showProblems } from "./show.ts";
import { showLog } from "./show-log.ts";

/** `node` is the id of a node of the Preview; from the palette it is absent, and the command asks. */
export interface CommandTypes {
  readonly "sluice.refresh": () => Promise<void>;
  readonly "sluice.openAllChanges": (node?: string) => Promise<void>;
  readonly "sluice.openChange": (node?: string) => Promise<void>;
  readonly "sluice.openRendered": (node?: string) => Promise<void>;
  readonly "sluice.goToSource": (node?: string) => Promise<void>;
  readonly "sluice.compareWith": () => Promise<void>;
  readonly "sluice.showChanges": () => Promise<void>;
  readonly "sluice.showProblems": () => Promise<void>;
  readonly "sluice.showEverything": () => Promise<void>;
  readonly "sluice.copyPlan": () => Promise<void>;
  readonly "sluice.showLog": () => Promise<void>;
}

export type CommandId = keyof CommandTypes;

type CommandTable = { readonly [Id in CommandId]: (services: Services) => CommandTypes[Id] };

export const commandTable: CommandTable = {
  "sluice.refresh": refresh,
  "sluice.openAllChanges": openAllChanges,
  "sluice.openChange": openChange,
  "sluice.openRendered": openRendered,
  "sluice.goToSource": goToSource,
  "sluice.compareWith": compareWith,
  "sluice.showChanges": showChanges,
  "sluice.showProblems": showProblems,
  "sluice.showEverything": showEverything,
  "sluice.copyPlan": copyPlan,
  "sluice.showLog": showLog,
};
