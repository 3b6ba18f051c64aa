/** Read-only tools for language models in VS Code: status, trace and events of live Flux objects. */
import type { CancellationToken, Disposable, LanguageModelToolInvocationOptions } from "vscode";
import { LanguageModelTextPart, LanguageModelToolResult, lm } from "vscode";

import type { Clusters } from "../../cluster/clusters.ts";
import type { LiveDocument } from "../../model/cluster/live-address.ts";
import type { ToolObject } from "../../model/cluster/tool-texts.ts";
import { findForTool, statusAnswer, traceAnswer } from "../../model/cluster/tool-texts.ts";

/** Makes a document about an object. */
type DocumentText = (document: LiveDocument, signal: AbortSignal) => Promise<string>;

/** What a model sends has any shape, whatever the schema says. */
interface ToolInput extends Partial<ToolObject> {
  readonly filter?: string;
}

export function registerLiveTools(clusters: Clusters, textOf: DocumentText): readonly Disposable[] {
  const tool = (name: string, answer: (input: ToolInput, signal: AbortSignal) => Promise<string>) =>
    lm.registerTool<ToolInput>(name, {
      invoke: (options: LanguageModelToolInvocationOptions<ToolInput>, token: CancellationToken) =>
        answered(() => answer(options.input, signalOf(token))),
    });
  return [
    tool("sluice_cluster_status", async ({ filter }) =>
      statusAnswer(clusters.views(), typeof filter === "string" ? filter : ""),
    ),
    tool("sluice_cluster_trace", async (input) => traceAnswer(clusters.views(), toObject(input))),
    tool("sluice_cluster_events", async (input, signal) => {
      const wanted = toObject(input);
      const found = findForTool(clusters.views(), wanted);
      if (found === undefined) return traceAnswer(clusters.views(), wanted);
      const { view, entry } = found;
      return textOf({ kind: "events", context: view.context, ref: entry.live.ref }, signal);
    }),
  ];
}

function toObject(input: ToolInput): ToolObject {
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  return { kind: text(input.kind), namespace: text(input.namespace), name: text(input.name) };
}

async function answered(answer: () => Promise<string>): Promise<LanguageModelToolResult> {
  return new LanguageModelToolResult([new LanguageModelTextPart(await answer())]);
}

function signalOf(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
