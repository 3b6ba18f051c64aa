/** `sluice values`: the effective values of HelmReleases, with where each comes from. */
import { refTitle } from "#simulator";
import type { ApplierRecord } from "#simulator";

import { printableLines } from "../print/printable.ts";
import { noRootsText } from "../print/problems-text.ts";
import { UserError } from "../user-error.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function values(context: VerbContext): Promise<ExitCode> {
  const { simulator, options, target } = context.session;
  const simulation = await simulator.simulate(target, options, context);
  await context.report(noRootsText(simulation.problems, context.reportStyle));
  const wanted = context.request.release;
  const releases = simulation.appliers.filter(
    (applier) => applier.release !== undefined || isNamed(applier, wanted ?? ""),
  );
  const chosen =
    wanted === undefined ? releases : releases.filter((applier) => isNamed(applier, wanted));
  if (wanted !== undefined && chosen.length === 0)
    throw new UserError(
      `--release: there is no HelmRelease ${wanted}. sluice tree lists what there is.`,
    );
  let missing = 0;
  for (const applier of chosen) {
    const text = await simulator.releaseValues(simulation, applier.id, context.signal);
    if (text === undefined) {
      missing++;
      await context.report([`${refTitle(applier.ref)}: ${applier.message ?? "no values"}\n`]);
    } else await context.print([`---\n# ${refTitle(applier.ref)}\n${printableLines(text)}`]);
  }
  return missing > 0 ? 1 : 0;
}

/** `namespace/name`, or a name alone. */
function isNamed({ ref }: ApplierRecord, wanted: string): boolean {
  return wanted === ref.name || wanted === `${ref.namespace}/${ref.name}`;
}
