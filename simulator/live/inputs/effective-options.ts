/** The options of a simulation with what its live cluster says about itself. What a user asks for explicitly counts more. */
import type { SimulationOptions } from "../../simulator.ts";

export function withFacts(options: SimulationOptions): SimulationOptions {
  const { cluster } = options;
  if (cluster === undefined) return options;
  const kubeVersion = options.kubeVersion ?? cluster.kubeVersion;
  return {
    ...options,
    // What runs there acts on a push, whatever the push brings; the option has a default and can't say that it was asked for.
    flux: cluster.flux ?? options.flux,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    featureGates: { ...cluster.featureGates, ...options.featureGates },
  };
}
