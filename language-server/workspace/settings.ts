/** Reads the `sluice` section as the client sends it; anything missing or of the wrong type takes its default. */
import type { FluxMinor, RiskSettings } from "#simulator";

import type { DiagnosticsSettings, SluiceSettings } from "../protocol.ts";

const defaultSettings: SluiceSettings = {
  base: "HEAD",
  paths: [],
  fluxVersion: "2.9",
  kubeVersion: "",
  featureGates: {},
  offline: false,
  allowPrivateNetwork: false,
  ageKeyFile: "",
  diagnostics: { severity: {}, ignore: {} },
  clusterKeys: false,
  risks: {},
};

const fluxMinors: readonly FluxMinor[] = ["2.6", "2.7", "2.8", "2.9"];

export function parseSettings(section: unknown): SluiceSettings {
  const given = isRecord(section) ? section : {};
  return {
    base: text(given["base"]) ?? defaultSettings.base,
    paths: Array.isArray(given["paths"])
      ? given["paths"].filter((path) => typeof path === "string")
      : [],
    fluxVersion: text(given["fluxVersion"]) ?? defaultSettings.fluxVersion,
    kubeVersion: text(given["kubeVersion"]) ?? "",
    featureGates: booleans(given["featureGates"]),
    offline: given["offline"] === true,
    allowPrivateNetwork: given["allowPrivateNetwork"] === true,
    ageKeyFile: text(given["ageKeyFile"]) ?? "",
    diagnostics: readDiagnostics(given["diagnostics"]),
    clusterKeys: given["clusterKeys"] === true,
    risks: readRisks(given["risks"]),
  };
}

const severities = ["error", "warning", "information", "hint", "off"] as const;

/** What has another type than it should is left out. */
function readDiagnostics(section: unknown): DiagnosticsSettings {
  const given = isRecord(section) ? section : {};
  const severity = Object.entries(isRecord(given["severity"]) ? given["severity"] : {});
  const ignore = Object.entries(isRecord(given["ignore"]) ? given["ignore"] : {});
  return {
    severity: Object.fromEntries(
      severity.flatMap(([code, value]) => {
        const known = severities.find((one) => one === value);
        return known ? [[code, known] as const] : [];
      }),
    ),
    ignore: Object.fromEntries(
      ignore.map(([pattern, codes]) => [
        pattern,
        Array.isArray(codes) ? codes.filter((code) => typeof code === "string") : [],
      ]),
    ),
  };
}

const riskSeverities = ["high", "medium", "low", "off"] as const;

/** Codes may be written without `risk/`, as on the command line. */
function readRisks(section: unknown): RiskSettings {
  return Object.fromEntries(
    Object.entries(isRecord(section) ? section : {}).flatMap(([code, value]) => {
      const known = riskSeverities.find((one) => one === value);
      return known ? [[`risk/${code.replace(/^risk\//, "")}`, known] as const] : [];
    }),
  );
}

export function fluxMinor(settings: SluiceSettings): FluxMinor {
  return fluxMinors.find((minor) => minor === settings.fluxVersion) ?? "2.9";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function booleans(value: unknown): Readonly<Record<string, boolean>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, boolean] => typeof entry[1] === "boolean",
    ),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
