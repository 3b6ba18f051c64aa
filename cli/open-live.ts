/** `--context`: the cluster that a plan is made against. Nothing is contacted unless it is named, not even kubectl's current context. */
import type { Live } from "#simulator";
import { createLive, kubeconfigFiles, readKubeconfig } from "#simulator/cluster";

import type { Request } from "./request.ts";
import { didYouMean } from "./suggestion.ts";
import { UserError } from "./user-error.ts";

export interface NamedLive {
  readonly live: Live;
  readonly close: () => void;
}

/** Reads the kubeconfig and asks the server once. Throws a `UserError` when there is no such context or nobody answers. */
export async function openLive(
  { context, kubeconfig }: Pick<Request, "context" | "kubeconfig">,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<NamedLive | undefined> {
  if (context === undefined) return undefined;
  const files = kubeconfigFiles(kubeconfig ?? "", env);
  const { contexts, problems } = await readKubeconfig(files);
  const names = contexts.map(({ name }) => name);
  if (!names.includes(context)) throw new UserError(unknownContext(context, names, problems));
  const live = createLive(files, context);
  const close = (): void => live.close();
  const { status, body } = await live.request({ verb: "get", path: "/version" }, signal);
  if (status !== 0 && status !== 401) return { live, close };
  close();
  throw new UserError(`The cluster of context ${context} can't be asked. ${body}`);
}

function unknownContext(
  context: string,
  names: readonly string[],
  problems: readonly { readonly file: string; readonly message: string }[],
): string {
  const [problem] = problems;
  if (names.length === 0 && problem !== undefined)
    return `--context ${context}: ${problem.file}: ${problem.message}`;
  const known = names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`;
  return `The kubeconfig has no context "${context}".${didYouMean(context, names)} ${known}`;
}
