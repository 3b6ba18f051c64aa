/** Gives a live folder what it needs: settings and keys before each simulation, diagnostics and a log line after it. */
import type { Connection, Diagnostic } from "vscode-languageserver";

import { toDiagnostics } from "../features/diagnostics.ts";
import { simulateFolder } from "../features/simulate.ts";
import type { PlanParams, SluiceSettings } from "../protocol.ts";
import type { Documents } from "./documents.ts";
import type { ErrorLog } from "./guard.ts";
import { fireAndForget } from "./guard.ts";
import type { AgeKeys, FolderHost } from "./host.ts";
import type { FolderState } from "./live-folder.ts";
import { LiveFolder } from "./live-folder.ts";
import type { Session } from "./session.ts";
import type { Snapshot } from "./snapshot.ts";

export interface LiveFolderParts {
  readonly connection: Connection;
  readonly session: Session;
  readonly documents: Documents;
  readonly folder: FolderHost;
  readonly log: ErrorLog;
  readonly send: (params: PlanParams) => void;
  readonly delay: number;
}

export function openLiveFolder(parts: LiveFolderParts): LiveFolder {
  const { session, documents, folder, log, delay } = parts;
  const publishDiagnostics = diagnosticsPublisher(parts);
  let given: { readonly settings: SluiceSettings; readonly ageKeys: AgeKeys } | undefined;
  return new LiveFolder({
    delay,
    log,
    async simulate(revision, changed, previous, context) {
      if (!given || changed === "everything") {
        const settings = await session.settings(folder.root);
        given = { settings, ageKeys: await session.ageKeys(settings) };
      }
      const { settings, ageKeys } = given;
      const started = performance.now();
      const simulator = await session.simulators.for(settings);
      const overlay = documents.overlay(folder.root);
      const inputs = { revision, host: folder, simulator, settings, ageKeys, overlay, changed };
      const snapshot = await simulateFolder(previous ? { ...inputs, previous } : inputs, context);
      if (snapshot.plan !== previous?.plan) {
        log.info(summary(folder.root, snapshot, performance.now() - started));
      }
      return snapshot;
    },
    publish(state, snapshot) {
      parts.send(inFolder(state, folder.root));
      if (snapshot) publishDiagnostics(toDiagnostics(folder.root, snapshot.plan));
    },
    retract: () => publishDiagnostics(new Map()),
  });
}

function inFolder(state: FolderState, folder: string): PlanParams {
  return { ...state, folder };
}

/** Sends each file's list, and an empty one for files that had problems before. */
function diagnosticsPublisher({ connection, log }: LiveFolderParts) {
  let sent = new Map<string, string>();
  return (byUri: ReadonlyMap<string, readonly Diagnostic[]>) => {
    const next = new Map<string, string>();
    for (const [uri, diagnostics] of byUri) {
      const text = JSON.stringify(diagnostics);
      next.set(uri, text);
      if (sent.get(uri) === text) continue;
      fireAndForget(connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] }), log);
    }
    for (const uri of sent.keys()) {
      if (!next.has(uri)) fireAndForget(connection.sendDiagnostics({ uri, diagnostics: [] }), log);
    }
    sent = next;
  };
}

/** One line: counts, and milliseconds by stage. */
function summary(root: string, { revision, plan }: Snapshot, total: number): string {
  const { counts, stats } = plan;
  const numbers = { ...counts, ...stats, total };
  const parts = Object.entries(numbers).map(
    ([name, value]) => `${name} ${Math.round(value * 10) / 10}`,
  );
  return `${root} revision ${revision}: ${parts.join(", ")}`;
}
