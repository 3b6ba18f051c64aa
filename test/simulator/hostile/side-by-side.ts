/**
 * Hostile Kustomizations beside an innocent one in the same cluster: every case is a folder of its own,
 * all are simulated together, and the innocent one must come out as if it were alone.
 */
import { beforeAll, expect, it } from "vitest";

import type { FileTree, Simulation, SimulationOptions } from "#simulator";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { fileOf, fixture } from "../../support/fixture.ts";
import { useSimulator } from "../../support/simulator.ts";
import type { Bench } from "../../support/simulator.ts";

export interface HostileCase {
  readonly name: string;
  /** Files below the folder of the case. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Lines of `spec` of its Kustomization, indented by two spaces. */
  readonly spec?: string;
  /** `state`, then `severity code place` of each problem; a place in the case's own folder starts with `./`. */
  readonly expected: readonly string[];
  /** How many objects it applies, where that matters. */
  readonly objects?: number;
}

/** The innocent Kustomization, what it applies, and the sync of the cluster. */
export const innocent = `${gotkSync}
#- cluster/good.yaml
${kustomization("good", "./good")}
#- good/cm.yaml
${configMap("good", "untouched")}
`;

/** A tree with the innocent Kustomization and further files. */
export function besideInnocent(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const tree = fixture(innocent);
  return {
    ...tree,
    files: new Map([
      ...tree.files,
      ...Object.entries(files).map(([path, content]) => [path, fileOf(content)] as const),
    ]),
  };
}

/** One test for each case, over one simulation of all of them. */
export function checkSideBySide(
  cases: readonly HostileCase[],
  options: Partial<SimulationOptions> = {},
): void {
  const bench = useSimulator();
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await bench.simulate(treeOfCases(cases), options);
  });
  it.each(cases.map((hostile, index) => [hostile.name, hostile, `case-${index}`] as const))(
    "%s",
    (_, hostile, id) => {
      // The cases share names: that they take objects from each other is not what is looked at.
      expect(
        verdict(simulation, id).filter((line) => !line.startsWith("warning duplicate-owner")),
      ).toEqual(hostile.expected);
      if (hostile.objects !== undefined)
        expect(recordOf(simulation, id)?.objects).toBe(hostile.objects);
    },
  );
  it("leaves the innocent Kustomization as it is", async () => {
    expect(recordOf(simulation, "good")).toMatchObject({ state: "ready", objects: 1 });
    expect(await goodText(bench, simulation)).toContain("key: untouched");
  });
}

export function goodText(bench: Bench, simulation: Simulation): Promise<string | undefined> {
  return bench.simulator.objectText(
    simulation,
    "cluster|Kustomization/flux-system/good",
    "v1/ConfigMap/apps/good",
  );
}

function treeOfCases(cases: readonly HostileCase[]): FileTree {
  const files: Record<string, string | Uint8Array> = {};
  for (const [index, { files: own, spec }] of cases.entries()) {
    const id = `case-${index}`;
    files[`cluster/${id}.yaml`] = kustomization(id, `./${id}`, spec ?? "");
    for (const [path, content] of Object.entries(own)) files[`${id}/${path}`] = content;
  }
  return besideInnocent(files);
}

function recordOf(
  simulation: Simulation,
  name: string,
): Simulation["appliers"][number] | undefined {
  return simulation.appliers.find(({ ref }) => ref.name === name);
}

/** State and problems of one Kustomization, in short. */
export function verdict(simulation: Simulation, name: string): readonly string[] {
  const own = simulation.problems.filter(({ applier }) => applier?.endsWith(`/${name}`) === true);
  const lines = own.map(({ severity, code, place }) => {
    const path =
      place === undefined
        ? ""
        : place.path
            .replace(new RegExp(`^${name}/`), "./")
            .replace(`cluster/${name}.yaml`, "cluster/case.yaml");
    return `${severity} ${code} ${path}${place?.line === undefined ? "" : `:${place.line}`}`.trimEnd();
  });
  return [recordOf(simulation, name)?.state ?? "absent", ...lines];
}
