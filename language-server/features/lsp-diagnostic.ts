/** From a diagnosis to LSP. */
import type { Diagnostic } from "vscode-languageserver";
import { DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver";

import type { Diagnosis } from "../rules/diagnosis.ts";
import { docsPage } from "../rules/docs-url.ts";
import type { Severity } from "../rules/rule.ts";
import { toUri } from "../workspace/tree-uri.ts";

/** `docs`: address of the folder with the pages of the rules, when the client has one. */
export function toLspDiagnostic(
  root: string,
  diagnosis: Diagnosis,
  docs: string | undefined,
): Diagnostic {
  const { range, code, rule, message, related, tags } = diagnosis;
  return {
    range,
    severity: severities[diagnosis.severity],
    code,
    ...(docs !== undefined && { codeDescription: { href: `${docs}/${docsPage(rule)}` } }),
    source: "Sluice",
    message,
    ...(related.length > 0 && {
      relatedInformation: related.map((one) => ({
        location: { uri: toUri(root, one.path), range: one.range },
        message: one.message,
      })),
    }),
    ...(tags.length > 0 && { tags: tags.map((tag) => tagNumbers[tag]) }),
  };
}

export const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const tagNumbers: Readonly<Record<Diagnosis["tags"][number], DiagnosticTag>> = {
  deprecated: DiagnosticTag.Deprecated,
  unnecessary: DiagnosticTag.Unnecessary,
};
