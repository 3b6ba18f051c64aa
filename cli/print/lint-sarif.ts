/** Diagnoses as SARIF 2.1.0 (OASIS), which code hosts show beside the code. Columns count UTF-16 units, as SARIF's default does. */
import type { Diagnosis, RuleMeta, Severity } from "#language-server/lint";
import { ruleMetas } from "#language-server/lint";

import { version } from "../version.ts";
import { printableJson, printableRecord } from "./printable.ts";

export function sarifText(diagnoses: readonly Diagnosis[]): string {
  const known = new Map(ruleMetas.map((meta) => [meta.code, meta]));
  const codes = [...new Set(diagnoses.map(({ rule }) => rule))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sluice",
            semanticVersion: version,
            rules: codes.map((code) => toRule(code, known.get(code))),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { ROOT: { description: { text: "The root of the repository." } } },
        results: printableRecord(diagnoses).map((one) => toResult(one, codes.indexOf(one.rule))),
      },
    ],
  };
  return `${printableJson(JSON.stringify(log, undefined, 2))}\n`;
}

function toRule(code: string, meta: RuleMeta | undefined): object {
  return {
    id: code,
    ...(meta && {
      shortDescription: { text: meta.summary },
      defaultConfiguration: { level: levels[meta.severity] },
    }),
  };
}

function toResult(one: Diagnosis, ruleIndex: number): object {
  const { severity, message, path, range, related, fixes } = one;
  return {
    ruleId: one.rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: toLocation(path, range) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((other, at) => ({
        id: at + 1,
        physicalLocation: toLocation(other.path, other.range),
        message: { text: other.message },
      })),
    }),
    ...(fixes.length > 0 && { fixes: fixes.map(toFix) }),
    ...(one.code === one.rule ? {} : { properties: { code: one.code } }),
  };
}

function toFix({ title, changes }: Diagnosis["fixes"][number]): object {
  const paths = [...new Set(changes.map(({ path }) => path))];
  return {
    description: { text: title },
    artifactChanges: paths.map((path) => ({
      artifactLocation: toAddress(path),
      replacements: changes
        .filter((change) => change.path === path)
        .map(({ range, text }) => ({
          deletedRegion: toRegion(range),
          insertedContent: { text },
        })),
    })),
  };
}

function toLocation(path: string, range: Diagnosis["range"]): object {
  return { artifactLocation: toAddress(path), region: toRegion(range) };
}

function toAddress(path: string): object {
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "ROOT" };
}

/** 1-based; a range to the end of its line has no end column. */
function toRegion({ start, end }: Diagnosis["range"]): object {
  const isWholeLine = end.character >= 10_000;
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    ...(isWholeLine ? {} : { endColumn: end.character + 1 }),
  };
}

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};
