/** The diagnostics of a file: what the rules find in it, and the problems of the last simulation that no rule explains better. */
import type { Diagnostic } from "vscode-languageserver";

import type { Plan } from "#simulator";

import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { OnBug } from "../rules/check-file.ts";
import { checkFile } from "../rules/check-file.ts";
import type { Diagnosis } from "../rules/diagnosis.ts";
import type { HeardProblem } from "../rules/merge-problems.ts";
import { mergeProblems, problemsByPath, toRange } from "../rules/merge-problems.ts";
import type { RuleSettings } from "../rules/suppression.ts";
import { toUri } from "../workspace/tree-uri.ts";
import { severities, toLspDiagnostic } from "./lsp-diagnostic.ts";

export interface DiagnosticsContext {
  /** URI of the folder. */
  readonly root: string;
  readonly model: WorkspaceModel;
  readonly plan: Plan | undefined;
  readonly settings: RuleSettings;
  readonly docs: string | undefined;
  readonly onBug: OnBug;
}

export interface FileDiagnostics {
  readonly items: readonly Diagnostic[];
  /** For quick fixes. */
  readonly diagnoses: readonly Diagnosis[];
}

export function fileDiagnostics(context: DiagnosticsContext, path: string): FileDiagnostics {
  const { root, model, plan, settings, docs, onBug } = context;
  const found = checkFile(model, path, settings, onBug);
  const problems = plan ? (problemsByPath(plan).get(path) ?? []) : [];
  const { diagnoses, rest } = mergeProblems(found, problems, {
    settings,
    file: model.manifest(path),
  });
  return {
    diagnoses,
    items: [
      ...diagnoses.map((one) => toLspDiagnostic(root, one, docs)),
      ...rest.map((one) => toDiagnostic(root, one)),
    ],
  };
}

/** Problems of a plan by URI, without the rules. */
export function toDiagnostics(
  root: string,
  plan: Plan,
): ReadonlyMap<string, readonly Diagnostic[]> {
  return new Map(
    [...problemsByPath(plan)].map(([path, problems]) => [
      toUri(root, path),
      problems.map((one) => toDiagnostic(root, { ...one, severity: one.problem.severity })),
    ]),
  );
}

function toDiagnostic(
  root: string,
  { problem, place, applier, severity }: HeardProblem,
): Diagnostic {
  const diagnostic: Diagnostic = {
    range: toRange(place),
    severity: severities[severity],
    code: `simulation/${problem.code}`,
    source: "Sluice",
    message: problem.message,
  };
  if (applier?.origin) {
    diagnostic.relatedInformation = [
      {
        location: { uri: toUri(root, applier.origin.path), range: toRange(applier.origin) },
        message: `${applier.ref.kind} ${applier.ref.namespace}/${applier.ref.name} of ${applier.cluster}`,
      },
    ];
  }
  return diagnostic;
}
