/** `sluice lint`: the diagnostics of the editor for a whole folder, in the formats that pipelines read. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Diagnosis, LintInput, Severity } from "#language-server/lint";
import { defaultRuleSettings, lint as lintTree, ruleMetas } from "#language-server/lint";
import { readPacksFrom } from "#language-server/read-packs";

import { bundledFile } from "../bundled-file.ts";
import { documentText } from "../print/document.ts";
import { githubText } from "../print/lint-github.ts";
import { junitText } from "../print/lint-junit.ts";
import { sarifText } from "../print/lint-sarif.ts";
import { lintText } from "../print/lint-text.ts";
import type { LintRules } from "../lint-rules.ts";
import { didYouMean } from "../suggestion.ts";
import { UserError } from "../user-error.ts";
import type { ExitCode, VerbContext } from "./verb.ts";

export async function lint(context: VerbContext): Promise<ExitCode> {
  const { request, session, signal } = context;
  const { target, options } = session;
  const { flux, featureGates, kubeVersion: kubernetes = "" } = options;
  checkCodes(request.rules);
  const packs = await readPacksFrom(schemaFolder());
  const simulated = request.render ? await simulate(context) : undefined;
  const result = await lintTree(
    {
      tree: target,
      options: { flux, fluxIsGiven: request.fluxIsGiven, kubernetes, featureGates },
      settings: { ...defaultRuleSettings, ...request.rules },
      packs,
      ...(simulated && { simulated }),
    },
    signal,
  );
  await context.report(result.bugs.map((bug) => `sluice: a rule has a bug: ${bug}\n`));
  await context.print(output(context, result.diagnoses, result.files));
  const least = severities.indexOf(request.failOn);
  return result.diagnoses.some(({ severity }) => severities.indexOf(severity) <= least) ? 1 : 0;
}

/** Throws a `UserError` for a rule that does not exist. What a simulation finds has no list: `simulation/…` is any code. */
function checkCodes({ severity, ignore }: LintRules): void {
  const codes = ruleMetas.map(({ code }) => code);
  const groups = [...codes, "simulation/"].map((code) => `${code.split("/")[0]}/*`);
  const known = new Set([...codes, ...groups, "*"]);
  for (const code of [...Object.keys(severity), ...Object.values(ignore).flat()])
    if (!known.has(code) && !code.startsWith("simulation/"))
      throw new UserError(
        `There is no rule ${code}.${didYouMean(code, codes)} docs/rules lists them.`,
      );
}

const severities: readonly Severity[] = ["error", "warning", "information", "hint"];

async function simulate({
  session: { simulator, options, target, base },
  signal,
  onProgress,
}: VerbContext): Promise<LintInput["simulated"]> {
  const progress = { signal, onProgress };
  const before = base === undefined ? undefined : await simulator.simulate(base, options, progress);
  const simulation = await simulator.simulate(target, options, progress);
  return { simulator, simulation, plan: await simulator.plan(before, simulation, signal) };
}

function output(
  { request, style, session }: VerbContext,
  diagnoses: readonly Diagnosis[],
  files: number,
): Iterable<string> {
  switch (request.format) {
    case "json":
      return [documentText({ target: session.target.label, files, diagnoses }, "json")];
    case "sarif":
      return [sarifText(diagnoses)];
    case "junit":
      return [junitText(diagnoses)];
    case "github":
      return githubText(diagnoses);
    default:
      return lintText(diagnoses, files, style);
  }
}

/** `schemas/` beside the bundle, `dist/schemas/` in a checkout. */
function schemaFolder(): string {
  const beside = bundledFile("schemas");
  if (beside !== undefined) return beside;
  const folder = fileURLToPath(new URL("../../dist/schemas/", import.meta.url));
  if (existsSync(folder)) return folder;
  throw new UserError(
    `The schemas are missing (${folder}). Install sluice again, or run npm run build.`,
  );
}
