/** `sluice diff --context`: what a push would do to a running cluster. Nothing but reads and dry runs is sent. */
import type { Live, SimulationOptions } from "#simulator";
import { createFactsReader, matchCluster, rootsOf, simulateOnCluster } from "#simulator";
import { RemoteLives } from "#simulator/cluster";

import { UserError } from "../user-error.ts";
import { printPlan } from "./print-plan.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function liveDiff(context: VerbContext, home: Live): Promise<ExitCode> {
  const { request, session, signal, onProgress } = context;
  const { simulator, target } = session;
  const { allowPrivateNetwork } = request;
  const remotes = new RemoteLives(home, () => ({ allowPrivateNetwork }));
  const live: Live = {
    ...home,
    remote: (secret, ownSignal = signal) => remotes.open(secret, ownSignal),
  };
  try {
    const options = await optionsOfCluster(context, live);
    const reader = createFactsReader(live, { decryptionKeys: request.clusterKeys === true });
    const inner = { signal, onProgress, reader };
    const simulation = await simulateOnCluster(simulator, target, options, live, inner);
    const plan = await simulator.livePlan(simulation, live, inner);
    return await printPlan(context, plan);
  } finally {
    remotes.close();
  }
}

/** The one cluster of the repository that the live one is: named, the only one, or the one whose root it syncs. */
async function optionsOfCluster(context: VerbContext, live: Live): Promise<SimulationOptions> {
  const { session, signal } = context;
  const { options, simulator, target } = session;
  if (options.paths.length === 1 || options.roots.length > 0) return options;
  if (options.paths.length > 1)
    throw new UserError("With --context one cluster is meant: give --path once.");
  const roots = rootsOf(await simulator.simulate(target, options, context));
  const paths = new Map(roots.map(({ cluster, path }) => [cluster, path]));
  const [only, ...others] = paths.values();
  if (only === undefined)
    throw new UserError("No cluster starts in this repository. --path says where one does.");
  if (others.length === 0) return options;
  const match = await matchCluster(live, roots, options.remoteUrls, signal);
  switch (match.outcome) {
    case "one":
      return { ...options, only: match.cluster };
    case "none":
      throw new UserError(
        `Nothing on ${live.name} syncs a cluster of this repository. Name the one that is meant: ${choices(paths.values())}.`,
      );
    case "several":
      throw new UserError(
        `${live.name} syncs several clusters of this repository. Name the one that is meant: ${choices(match.clusters.map((cluster) => paths.get(cluster) ?? cluster))}.`,
      );
    case "unanswered":
      throw new UserError(
        `${live.name} does not tell which cluster of this repository it is (${match.message}). Name it: ${choices(paths.values())}.`,
      );
  }
}

function choices(paths: Iterable<string>): string {
  return [...new Set(paths)].map((path) => `--path ${path === "" ? "." : path}`).join(" or ");
}
