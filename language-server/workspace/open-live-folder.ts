/** Gives a live folder what it needs: settings and keys before each simulation, its model, diagnostics and a log line after it. */
import type { Connection } from "vscode-languageserver";

import { createChartShelf } from "../features/chart-shelf.ts";
import { simulateFolder } from "../features/simulate.ts";
import { renderedObjects } from "../features/rendered-objects.ts";
import { createTruth } from "../model/truth.ts";
import type { PlanParams, SluiceSettings } from "../protocol.ts";
import type { DiagnosticsChannel } from "./diagnostics-channel.ts";
import type { Documents } from "./documents.ts";
import { FolderModel } from "./folder-model.ts";
import type { ErrorLog } from "./guard.ts";
import { fireAndForget } from "./guard.ts";
import type { AgeKeys, FolderHost } from "./host.ts";
import type { FolderState } from "./live-folder.ts";
import { LiveFolder } from "./live-folder.ts";
import type { Session } from "./session.ts";
import { fluxMinor } from "./settings.ts";
import type { Snapshot } from "./snapshot.ts";
import { pause } from "./turns.ts";

export interface LiveFolderParts {
  readonly connection: Connection;
  readonly session: Session;
  readonly documents: Documents;
  readonly folder: FolderHost;
  readonly log: ErrorLog;
  readonly send: (params: PlanParams) => void;
  readonly channel: DiagnosticsChannel;
  readonly delay: number;
}

export function openLiveFolder(parts: LiveFolderParts): {
  readonly live: LiveFolder;
  readonly model: FolderModel;
} {
  const { session, documents, folder, log, delay, channel } = parts;
  const model = new FolderModel({ root: folder.root, docs: session.rulesDocs, log });
  for (const [path, text] of documents.overlay(folder.root)) model.store.setText(path, text);
  const arrived = opening(model, channel);
  fireAndForget(
    takeSchemas(session, model).finally(() => arrived("schemas")),
    log,
  );
  let given: { readonly settings: SluiceSettings; readonly ageKeys: AgeKeys } | undefined;
  const live = new LiveFolder({
    delay,
    log,
    async simulate(revision, changed, previous, context) {
      if (!given || changed === "everything") {
        const settings = await session.settings(folder.root);
        given = { settings, ageKeys: await session.ageKeys(settings) };
        applySettings(model, settings);
      }
      const { settings, ageKeys } = given;
      const started = performance.now();
      const inputs = {
        revision,
        host: folder,
        simulator: () => session.simulators.for(settings),
        settings,
        ageKeys,
        overlay: documents.overlay(folder.root),
        clusters: (context: string) => session.clusters.of(context, settings.clusterKeys),
        changed,
        onTree(tree: Snapshot["tree"]) {
          model.store.setTree(tree);
          arrived("files");
        },
        ...(!previous && { afterTree: () => untilAnswered(parts, model) }),
      };
      const snapshot = await simulateFolder(previous ? { ...inputs, previous } : inputs, context);
      if (snapshot.plan !== previous?.plan) {
        log.info(summary(folder.root, snapshot, performance.now() - started));
      }
      return snapshot;
    },
    publish(state, snapshot) {
      parts.send(inFolder(state, folder.root));
      if (state.state === "failed") arrived("files");
      if (!snapshot) return;
      model.setPlan(snapshot.plan);
      channel.changed(model);
      fireAndForget(takeOver(parts, model, snapshot), log);
    },
    retract() {
      model.open();
      channel.closed(model);
    },
  });
  return { live, model };
}

async function takeSchemas(session: Session, { store }: FolderModel): Promise<void> {
  const makeCatalog = await session.schemas();
  if (makeCatalog) store.setSchemas(makeCatalog);
}

/**
 * The first diagnostics of a document that is open already come before the first simulation, which takes the machine for itself;
 * but nobody may ever ask for them.
 */
async function untilAnswered(
  { documents, folder, delay }: LiveFolderParts,
  model: FolderModel,
): Promise<void> {
  if (documents.overlay(folder.root).size === 0) return;
  await Promise.race([model.firstAnswer, pause(delay * 10)]);
  await pause();
}

/** Call it with what has come, or will not come. */
function opening(
  model: FolderModel,
  channel: DiagnosticsChannel,
): (what: "files" | "schemas") => void {
  const waiting = new Set(["files", "schemas"]);
  return (what) => {
    waiting.delete(what);
    if (waiting.size === 0) model.open();
    channel.changed(model);
  };
}

/** What was rendered comes a little after the plan; rules that ask for it look again then. */
async function takeOver(
  { session, channel }: LiveFolderParts,
  model: FolderModel,
  snapshot: Snapshot,
): Promise<void> {
  const simulator = await session.simulators.for(snapshot.settings);
  await pause();
  if (model.plan !== snapshot.plan) return;
  const rendered = await renderedObjects(simulator, snapshot.target);
  await pause();
  if (model.plan !== snapshot.plan) return;
  const charts = createChartShelf(simulator, snapshot.target);
  model.store.setTruth(createTruth(snapshot.plan, rendered, charts));
  channel.changed(model);
}

function applySettings(model: FolderModel, settings: SluiceSettings): void {
  const { kubeVersion: kubernetes, featureGates, diagnostics } = settings;
  model.store.setOptions({ flux: fluxMinor(settings), kubernetes, featureGates });
  model.setRules(diagnostics);
}

function inFolder(state: FolderState, folder: string): PlanParams {
  return { ...state, folder };
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
