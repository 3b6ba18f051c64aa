/** Handlers of questions about the last simulation of a folder. Where there is none yet, the answer is empty. */
import type { CancellationToken } from "vscode-languageserver";

import type { Simulator } from "#simulator";

import type { FolderModel } from "./folder-model.ts";
import type { Folders } from "./folders.ts";
import type { ErrorLog } from "./guard.ts";
import { guard, toSignal } from "./guard.ts";
import type { Session } from "./session.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Simulated {
  readonly simulator: Simulator;
  readonly snapshot: Snapshot;
  readonly model: FolderModel;
}

interface Parts {
  readonly session: Session;
  readonly folders: Folders;
  readonly log: ErrorLog;
}

/** `Question`: parameters and result of a request. */
export function answersAbout({ session, folders, log }: Parts) {
  return <Question extends readonly [{ readonly folder: string }, object]>(
      name: string,
      feature: (
        simulated: Simulated,
        params: Question[0],
        signal: AbortSignal,
      ) => Promise<Question[1]>,
    ) =>
    (params: Question[0], token: CancellationToken): Promise<Partial<Question[1]>> =>
      guard<Partial<Question[1]>>(log, name, {}, async () => {
        const { live, model } = folders.find(params.folder) ?? {};
        if (!live?.snapshot || !model) return {};
        const { snapshot } = live;
        const simulator = await session.simulators.for(snapshot.settings);
        return feature({ simulator, snapshot, model }, params, toSignal(token));
      });
}
